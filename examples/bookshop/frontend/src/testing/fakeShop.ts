import type { Basket, Book, Order, SalesReport } from "../api/contract";
import type { RequestOptions, Transport } from "../api/request";

interface Answer {
  status: number;
  body: unknown;
}

type Fault = (work: () => Answer) => Promise<Answer>;

export const ADMIN_TOKEN = "letmein";

/**
 * The backend in memory, as far as the screens need it: it keeps stock, baskets and orders, and answers as the
 * contract says. Faults are asked for one request at a time, by a text such as `POST /api/orders`.
 */
export class FakeShop {
  readonly orders: Order[] = [];
  readonly baskets: Basket[] = [];
  /** The words that were searched for, in order. */
  readonly searches: string[] = [];
  /** The idempotency keys that arrived, in order, one for each request to order. */
  readonly orderKeys: string[] = [];
  report: SalesReport = { orders: 0, revenue_cents: 0, top_books: [], by_day: [] };

  private readonly ordersByKey = new Map<string, Order>();
  private readonly orderedBaskets = new Set<string>();
  private readonly faults: { request: string; fault: Fault }[] = [];

  constructor(readonly books: Book[] = []) {}

  readonly send: Transport = async (url, options) => {
    const { pathname, searchParams } = new URL(url, "http://bookshop.test");
    const request = `${options.method ?? "GET"} ${pathname}`;
    const work = () => this.answer(request, searchParams, options);
    const fault = this.takeFault(`${request}?${searchParams.toString()}`);
    const { status, body } = await (fault?.(work) ?? Promise.resolve(work()));
    const text = JSON.stringify(body);
    return { ok: status < 400, status, json: () => Promise.resolve(JSON.parse(text)) };
  };

  /** The request never arrives. */
  cutConnection(request: string): void {
    this.fail(request, () => Promise.reject(new TypeError("fetch failed")));
  }

  /** The request arrives, the work is done, the answer gets lost. */
  loseAnswer(request: string): void {
    this.fail(request, (work) => {
      work();
      return Promise.reject(new TypeError("fetch failed"));
    });
  }

  answerWith(request: string, status: number, body: unknown): void {
    this.fail(request, () => Promise.resolve({ status, body }));
  }

  /** The answer waits until the returned function is called. It comes even if the caller has aborted. */
  hold(request: string): () => void {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.fail(request, (work) => released.then(work));
    return release;
  }

  private fail(request: string, fault: Fault) {
    this.faults.push({ request, fault });
  }

  private takeFault(request: string): Fault | undefined {
    const index = this.faults.findIndex((entry) => request.includes(entry.request));
    return index < 0 ? undefined : this.faults.splice(index, 1)[0]?.fault;
  }

  private answer(request: string, query: URLSearchParams, options: RequestOptions): Answer {
    const body = JSON.parse(options.body ?? "{}") as Record<string, unknown>;
    const [, basketId, bookId] = /\/baskets\/([^/]+)(?:\/lines\/([^/]+))?$/.exec(request) ?? [];
    const [, paidOrderId] = /\/orders\/([^/]+)\/pay$/.exec(request) ?? [];

    if (request === "GET /api/books") return this.search(query);
    if (request === "POST /api/baskets") return this.createBasket();
    if (basketId && bookId) return this.setQuantity(basketId, bookId, Number(body.quantity));
    if (basketId) return this.withBasket(basketId, (basket) => ok(basket));
    if (request === "POST /api/orders") {
      return this.placeOrder(String(body.basket_id), options.headers?.["Idempotency-Key"]);
    }
    if (paidOrderId) return this.pay(paidOrderId);
    if (request === "GET /api/admin/report") {
      const known = options.headers?.["X-Admin-Token"] === ADMIN_TOKEN;
      return known ? ok(this.report) : refuse(401, "unknown token");
    }
    return refuse(404, `${request} is not part of the contract`);
  }

  private search(query: URLSearchParams): Answer {
    const q = query.get("q") ?? "";
    const page = Number(query.get("page"));
    const page_size = Number(query.get("page_size"));
    this.searches.push(q);
    const found = this.books.filter(
      (book) =>
        `${book.title} ${book.author} ${book.isbn}`.toLowerCase().includes(q.toLowerCase()) &&
        (query.get("in_stock") !== "true" || book.stock > 0),
    );
    const items = found.slice((page - 1) * page_size, page * page_size);
    return ok({ items, total: found.length, page, page_size });
  }

  private createBasket(): Answer {
    const basket = { id: `basket-${this.baskets.length + 1}`, lines: [], total_cents: 0 };
    this.baskets.push(basket);
    return { status: 201, body: basket };
  }

  private setQuantity(basketId: string, bookId: string, quantity: number): Answer {
    const book = this.books.find((candidate) => candidate.id === bookId);
    if (!book) return refuse(404, "no such book");
    return this.withOpenBasket(basketId, (basket) => {
      const { title, price_cents } = book;
      const line = { book_id: bookId, title, quantity, unit_price_cents: price_cents };
      const index = basket.lines.findIndex((candidate) => candidate.book_id === bookId);
      if (index < 0) basket.lines.push(line);
      else basket.lines[index] = line;
      basket.lines = basket.lines.filter((candidate) => candidate.quantity > 0);
      basket.total_cents = basket.lines.reduce(
        (total, { quantity, unit_price_cents }) => total + quantity * unit_price_cents,
        0,
      );
      return ok(basket);
    });
  }

  private placeOrder(basketId: string, key: string | undefined): Answer {
    if (!key) return refuse(422, "Idempotency-Key is required");
    this.orderKeys.push(key);
    const earlier = this.ordersByKey.get(key);
    if (earlier) return { status: 201, body: earlier };

    return this.withOpenBasket(basketId, ({ lines, total_cents }) => {
      for (const { book_id, quantity, title } of lines) {
        const stock = this.books.find((book) => book.id === book_id)?.stock ?? 0;
        if (quantity > stock)
          return refuse(409, `“${title}”: ${quantity} wanted, only ${stock} left`);
      }
      const id = `order-${this.orders.length + 1}`;
      const order = {
        id,
        status: "pending",
        lines: lines.map((line) => ({ ...line })),
        total_cents,
      };
      this.orders.push(order);
      this.ordersByKey.set(key, order);
      this.orderedBaskets.add(basketId);
      return { status: 201, body: order };
    });
  }

  private pay(orderId: string): Answer {
    const order = this.orders.find((candidate) => candidate.id === orderId);
    if (!order) return refuse(404, "no such order");
    if (order.status === "paid") return refuse(409, "already paid");
    order.status = "paid";
    return ok(order);
  }

  private withBasket(id: string, work: (basket: Basket) => Answer): Answer {
    const basket = this.baskets.find((candidate) => candidate.id === id);
    return basket ? work(basket) : refuse(404, "no such basket");
  }

  private withOpenBasket(id: string, work: (basket: Basket) => Answer): Answer {
    const ordered = this.orderedBaskets.has(id);
    return ordered ? refuse(409, "this basket has become an order") : this.withBasket(id, work);
  }
}

function ok(value: unknown): Answer {
  return { status: 200, body: value };
}

function refuse(status: number, detail: string): Answer {
  return { status, body: { detail } };
}
