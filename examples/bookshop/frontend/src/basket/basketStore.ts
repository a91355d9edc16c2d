import { useSyncExternalStore } from "react";
import type { BookshopApi } from "../api/client";
import type { Basket } from "../api/contract";
import type { Failure, Outcome } from "../api/outcome";

export interface BasketState {
  /** As the server last sent it; null where the visitor has none yet. */
  basket: Basket | null;
  /** Changes are on their way to the server. */
  busy: boolean;
  failure: Failure | null;
}

export interface BasketStore {
  getState: () => BasketState;
  subscribe: (listener: () => void) => () => void;
  /** Fetches the basket of an earlier visit, where there is one. */
  restore: () => Promise<void>;
  /** Adds copies of a book, or takes them out where `copies` is negative. The first book makes the basket. */
  addCopies: (bookId: string, copies: number) => Promise<void>;
  remove: (bookId: string) => Promise<void>;
  /** Lets go of a basket that became an order. */
  forget: () => void;
}

const STORAGE_KEY = "bookshop.basket";

/**
 * The visitor's basket. The server holds it, the browser keeps its id, so it outlives a reload.
 *
 * Changes run one after the other, each on the answer to the one before: two quick clicks on "Add" are two copies,
 * and the first two clicks of a visit make one basket.
 */
export function createBasketStore(api: BookshopApi, storage: Storage): BasketStore {
  let state: BasketState = { basket: null, busy: false, failure: null };
  let queue = Promise.resolve();
  let waiting = 0;
  const listeners = new Set<() => void>();

  function update(change: Partial<BasketState>) {
    state = { ...state, ...change };
    listeners.forEach((listener) => {
      listener();
    });
  }

  function enqueue(step: () => Promise<Outcome<Basket | null>>): Promise<void> {
    waiting += 1;
    update({ busy: true, failure: null });
    queue = queue.then(step).then((outcome) => {
      waiting -= 1;
      const busy = waiting > 0;
      update(outcome.ok ? { busy, basket: outcome.value } : { busy, failure: outcome.failure });
    });
    return queue;
  }

  async function fetchStored(): Promise<Outcome<Basket | null>> {
    const id = storage.getItem(STORAGE_KEY);
    if (id === null) return { ok: true, value: null };
    const outcome = await api.getBasket(id);
    if (!isRefused(outcome, 404)) return outcome;
    storage.removeItem(STORAGE_KEY);
    return { ok: true, value: null };
  }

  async function requireBasket(): Promise<Outcome<Basket>> {
    if (state.basket) return { ok: true, value: state.basket };
    const stored = await fetchStored();
    if (!stored.ok) return stored;
    if (stored.value) return { ok: true, value: stored.value };
    const created = await api.createBasket();
    if (created.ok) storage.setItem(STORAGE_KEY, created.value.id);
    return created;
  }

  async function changeQuantity(
    bookId: string,
    next: (quantity: number) => number,
  ): Promise<Outcome<Basket>> {
    const current = await requireBasket();
    if (!current.ok) return current;
    const quantity = current.value.lines.find((line) => line.book_id === bookId)?.quantity ?? 0;
    const outcome = await api.setQuantity(current.value.id, bookId, Math.max(0, next(quantity)));
    if (isRefused(outcome, 404, 409)) await resynchronise();
    return outcome;
  }

  /** The server holds no such open basket: it expired, or it became an order in another tab. */
  async function resynchronise() {
    const stored = await fetchStored();
    if (stored.ok) update({ basket: stored.value });
  }

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    restore: () => enqueue(fetchStored),
    addCopies: (bookId, copies) =>
      enqueue(() => changeQuantity(bookId, (quantity) => quantity + copies)),
    remove: (bookId) => enqueue(() => changeQuantity(bookId, () => 0)),
    forget: () => {
      storage.removeItem(STORAGE_KEY);
      update({ basket: null, failure: null });
    },
  };
}

export function useBasket(store: BasketStore): BasketState {
  return useSyncExternalStore(store.subscribe, store.getState);
}

function isRefused(outcome: Outcome<unknown>, ...statuses: number[]): boolean {
  if (outcome.ok || outcome.failure.kind !== "refused") return false;
  return statuses.includes(outcome.failure.status);
}
