import type { Basket, BookPage, Order, SalesReport } from "./contract";
import type { Outcome } from "./outcome";
import { requestJson, type RequestOptions, type Transport } from "./request";

export interface BookSearch {
  q: string;
  page: number;
  pageSize: number;
  inStock: boolean;
}

export interface ReportQuery {
  from: string;
  to: string;
  token: string;
}

/** The backend as the screens see it. No method throws or rejects; each says in its outcome what happened. */
export interface BookshopApi {
  searchBooks(search: BookSearch, signal?: AbortSignal): Promise<Outcome<BookPage>>;
  createBasket(): Promise<Outcome<Basket>>;
  getBasket(id: string): Promise<Outcome<Basket>>;
  /** Sets how many copies the basket holds; zero takes the book out. */
  setQuantity(basketId: string, bookId: string, quantity: number): Promise<Outcome<Basket>>;
  /** The same key never makes a second order, however often it is sent. */
  placeOrder(basketId: string, idempotencyKey: string): Promise<Outcome<Order>>;
  payOrder(orderId: string): Promise<Outcome<Order>>;
  readReport(query: ReportQuery): Promise<Outcome<SalesReport>>;
}

export function createApi(send: Transport, origin = ""): BookshopApi {
  const call = <T>(path: string, options?: RequestOptions) =>
    requestJson<T>(send, `${origin}/api${path}`, options);

  return {
    searchBooks: ({ q, page, pageSize, inStock }, signal) => {
      const query = new URLSearchParams({
        q,
        page: String(page),
        page_size: String(pageSize),
        in_stock: String(inStock),
      });
      return call(`/books?${query.toString()}`, signal ? { signal } : {});
    },
    createBasket: () => call("/baskets", { method: "POST" }),
    getBasket: (id) => call(`/baskets/${encodeURIComponent(id)}`),
    setQuantity: (basketId, bookId, quantity) =>
      call(
        `/baskets/${encodeURIComponent(basketId)}/lines/${encodeURIComponent(bookId)}`,
        jsonBody("PUT", { quantity }),
      ),
    placeOrder: (basketId, idempotencyKey) =>
      call(
        "/orders",
        jsonBody("POST", { basket_id: basketId }, { "Idempotency-Key": idempotencyKey }),
      ),
    payOrder: (orderId) => call(`/orders/${encodeURIComponent(orderId)}/pay`, { method: "POST" }),
    readReport: ({ from, to, token }) => {
      const query = new URLSearchParams({ from, to });
      return call(`/admin/report?${query.toString()}`, { headers: { "X-Admin-Token": token } });
    },
  };
}

function jsonBody(method: "POST" | "PUT", body: unknown, headers: Record<string, string> = {}) {
  return {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}
