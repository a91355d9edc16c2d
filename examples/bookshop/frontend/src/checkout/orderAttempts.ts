export interface OrderAttempts {
  /** The key to order this basket with: the same one, also after a reload, until `end` is called. */
  keyFor(basketId: string): string;
  /** The server gave a final answer: the next order is a new attempt. */
  end(): void;
}

const STORAGE_KEY = "bookshop.order-attempt";

/** Remembers the idempotency key of an order whose answer never came, so that a retry cannot order twice. */
export function createOrderAttempts(storage: Storage, newKey = randomKey): OrderAttempts {
  return {
    keyFor: (basketId) => {
      const [storedBasketId, storedKey] = storage.getItem(STORAGE_KEY)?.split(" ") ?? [];
      if (storedBasketId === basketId && storedKey) return storedKey;
      const key = newKey();
      storage.setItem(STORAGE_KEY, `${basketId} ${key}`);
      return key;
    },
    end: () => {
      storage.removeItem(STORAGE_KEY);
    },
  };
}

/** 128 random bits. `crypto.randomUUID` would do, but browsers offer it on HTTPS and localhost only. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
