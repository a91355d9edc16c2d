/** A span of calendar days as the backend takes them, both ends included. */
export interface Days {
  from: string;
  to: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** The `count` days that end with today. Days are counted in UTC, where none is 23 or 25 hours long. */
export function lastDays(today: Date, count: number): Days {
  return {
    from: isoDay(new Date(today.getTime() - (count - 1) * DAY_MS)),
    to: isoDay(today),
  };
}

/** True where the span holds at least one day. ISO days sort as text. */
export function isSpan({ from, to }: Days): boolean {
  return from !== "" && to !== "" && from <= to;
}

function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}
