/** The shop sells in one currency; the backend sends amounts only. */
const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

/** `1299` becomes `€12.99`. Throws RangeError for what is not a whole number of cents. */
export function formatCents(cents: number): string {
  if (!Number.isSafeInteger(cents)) throw new RangeError(`${cents} is not a whole number of cents`);
  return euros.format(cents / 100);
}

export function lineTotalCents(line: { quantity: number; unit_price_cents: number }): number {
  return line.quantity * line.unit_price_cents;
}
