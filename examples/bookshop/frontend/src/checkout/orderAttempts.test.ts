import { expect, test } from "@jest/globals";
import { emptyStorage } from "../testing/visitor";
import { createOrderAttempts } from "./orderAttempts";

test("a retry has the key of the first try, also after a reload", () => {
  const storage = emptyStorage();
  const key = createOrderAttempts(storage).keyFor("basket-1");
  expect(createOrderAttempts(storage).keyFor("basket-1")).toBe(key);
});

test("a new attempt has a new key", () => {
  const attempts = createOrderAttempts(emptyStorage());
  const key = attempts.keyFor("basket-1");
  attempts.end();
  expect(attempts.keyFor("basket-1")).not.toBe(key);
});

test("another basket has another key", () => {
  const attempts = createOrderAttempts(emptyStorage());
  expect(attempts.keyFor("basket-1")).not.toBe(attempts.keyFor("basket-2"));
});

test("a key has 128 bits", () => {
  expect(createOrderAttempts(emptyStorage()).keyFor("basket-1")).toMatch(/^[0-9a-f]{32}$/);
});
