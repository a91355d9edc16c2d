import { describe, expect, test } from "@jest/globals";
import { isSpan, lastDays } from "./days";

describe("lastDays", () => {
  test("counts today as one of them", () => {
    expect(lastDays(new Date("2026-03-01T12:00:00Z"), 1)).toEqual({
      from: "2026-03-01",
      to: "2026-03-01",
    });
  });

  test("crosses the end of February", () => {
    expect(lastDays(new Date("2024-03-01T00:00:00Z"), 2).from).toBe("2024-02-29");
    expect(lastDays(new Date("2026-03-01T00:00:00Z"), 2).from).toBe("2026-02-28");
  });
});

describe("isSpan", () => {
  test.each([
    ["2026-01-31", "2026-02-01", true],
    ["2026-02-01", "2026-02-01", true],
    ["2026-02-01", "2026-01-31", false],
    ["", "2026-01-31", false],
    ["2026-01-31", "", false],
  ])("from %j to %j: %s", (from, to, expected) => {
    expect(isSpan({ from, to })).toBe(expected);
  });
});
