import type { Basket } from "../api/contract";

export function countCopies(basket: Basket | null): number {
  return basket?.lines.reduce((copies, line) => copies + line.quantity, 0) ?? 0;
}
