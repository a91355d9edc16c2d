import { describe, expect, test } from "@jest/globals";
import { clampPage, countPages } from "./paging";

describe("countPages", () => {
  test.each([
    [0, 1],
    [1, 1],
    [20, 1],
    [21, 2],
    [40, 2],
    [41, 3],
  ])("%d books fill %d pages of 20", (total, pages) => {
    expect(countPages(total, 20)).toBe(pages);
  });
});

describe("clampPage", () => {
  test.each([
    [0, 1],
    [-1, 1],
    [1, 1],
    [3, 3],
    [4, 3],
  ])("page %d of 3 becomes page %d", (page, clamped) => {
    expect(clampPage(page, 3)).toBe(clamped);
  });
});
