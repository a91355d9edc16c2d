import { describe, expect, test } from "@jest/globals";
import { formatCents, lineTotalCents } from "./money";

describe("formatCents", () => {
  test.each([
    [0, "€0.00"],
    [1, "€0.01"],
    [10, "€0.10"],
    [1299, "€12.99"],
    [1900, "€19.00"],
    [123456789, "€1,234,567.89"],
    [-250, "-€2.50"],
  ])("writes %d cents as %s", (cents, text) => {
    expect(formatCents(cents)).toBe(text);
  });

  test.each([12.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses %d, which is no number of cents",
    (cents) => {
      expect(() => formatCents(cents)).toThrow(RangeError);
    },
  );
});

test("a line costs its unit price times its quantity, to the cent", () => {
  expect(lineTotalCents({ quantity: 3, unit_price_cents: 1299 })).toBe(3897);
});
