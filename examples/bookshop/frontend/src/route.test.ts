import { expect, test } from "@jest/globals";
import { parseRoute } from "./route";

test.each([
  ["", "catalogue"],
  ["#/", "catalogue"],
  ["#/checkout", "checkout"],
  ["#/report", "report"],
  ["#/nowhere", "catalogue"],
])("the address %j shows the %s", (hash, route) => {
  expect(parseRoute(hash)).toBe(route);
});
