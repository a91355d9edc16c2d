import { afterEach, beforeEach, expect, jest } from "@jest/globals";
import "@testing-library/jest-dom/jest-globals";

// React reports its warnings, `act()` among them, on the console. Here each of them is a red test.
const complaints: unknown[][] = [];

beforeEach(() => {
  const complain = (...complaint: unknown[]) => void complaints.push(complaint);
  jest.spyOn(console, "error").mockImplementation(complain);
  jest.spyOn(console, "warn").mockImplementation(complain);
});

afterEach(() => {
  expect(complaints.splice(0)).toEqual([]);
});
