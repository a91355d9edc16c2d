import { describe, expect, test } from "@jest/globals";
import { readApiOrigin } from "./settings";

describe("the origin of the API", () => {
  test("is the page's own where nothing was set", () => {
    expect(readApiOrigin(undefined)).toBe("");
    expect(readApiOrigin({})).toBe("");
    expect(readApiOrigin({ apiUrl: "" })).toBe("");
  });

  test("is the one that was given at the start, without a slash at its end", () => {
    expect(readApiOrigin({ apiUrl: "https://api.example.com/" })).toBe("https://api.example.com");
  });
});
