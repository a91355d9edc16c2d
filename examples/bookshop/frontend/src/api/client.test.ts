/** @jest-environment node */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type BookshopApi, createApi } from "./client";

// The real `fetch` against a real server: what the fake shop takes on trust is established here.

interface Seen {
  request: string;
  headers: IncomingMessage["headers"];
  body: string;
}

let server: Server;
let api: BookshopApi;
let seen: Seen[];
let reply: { status: number; text: string } | "hang";

beforeEach(async () => {
  seen = [];
  reply = { status: 200, text: "{}" };
  server = createServer((request, response) => {
    void readBody(request).then((body) => {
      seen.push({
        request: `${request.method ?? ""} ${request.url ?? ""}`,
        headers: request.headers,
        body,
      });
      if (reply === "hang") return;
      response.writeHead(reply.status, { "Content-Type": "application/json" }).end(reply.text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  api = createApi(fetch, `http://127.0.0.1:${port}`);
});

afterEach(stopServer);

test("a search is sent as the contract names its parameters", async () => {
  await api.searchBooks({ q: "war & peace", page: 2, pageSize: 20, inStock: true });
  expect(seen[0]?.request).toBe("GET /api/books?q=war+%26+peace&page=2&page_size=20&in_stock=true");
});

test("a quantity is put as JSON", async () => {
  await api.setQuantity("b/1", "dune", 0);
  expect(seen[0]).toMatchObject({
    request: "PUT /api/baskets/b%2F1/lines/dune",
    headers: { "content-type": "application/json" },
    body: '{"quantity":0}',
  });
});

test("an order carries its idempotency key", async () => {
  await api.placeOrder("basket-1", "key-1");
  expect(seen[0]).toMatchObject({
    request: "POST /api/orders",
    headers: { "idempotency-key": "key-1" },
    body: '{"basket_id":"basket-1"}',
  });
});

test("the admin token travels in a header, never in the address", async () => {
  await api.readReport({ from: "2026-01-01", to: "2026-01-31", token: "secret" });
  expect(seen[0]).toMatchObject({
    request: "GET /api/admin/report?from=2026-01-01&to=2026-01-31",
    headers: { "x-admin-token": "secret" },
  });
});

test("an answer is the value that the server sent", async () => {
  reply = { status: 201, text: '{"id":"basket-1","lines":[],"total_cents":0}' };
  expect(await api.createBasket()).toEqual({
    ok: true,
    value: { id: "basket-1", lines: [], total_cents: 0 },
  });
});

test("a refusal says why", async () => {
  reply = { status: 409, text: '{"detail":"Dune: only 1 left"}' };
  expect(await api.placeOrder("basket-1", "key-1")).toEqual({
    ok: false,
    failure: { kind: "refused", status: 409, detail: "Dune: only 1 left" },
  });
});

test("a refused field is told in words", async () => {
  reply = { status: 422, text: '{"detail":[{"loc":["body"],"msg":"Input should be positive"}]}' };
  expect(await api.setQuantity("basket-1", "dune", -1)).toMatchObject({
    failure: { kind: "refused", status: 422, detail: "Input should be positive" },
  });
});

test.each([
  [502, "<h1>Bad Gateway</h1>"],
  [500, '{"detail":"Traceback …"}'],
  [200, "<!doctype html>"],
])("an answer of %d with the text %s is a broken server", async (status, text) => {
  reply = { status, text };
  expect(await api.getBasket("basket-1")).toEqual({
    ok: false,
    failure: { kind: "broken", status },
  });
});

test("a server that is not there is unreachable", async () => {
  await stopServer();
  expect(await api.payOrder("order-1")).toEqual({ ok: false, failure: { kind: "unreachable" } });
});

test("an aborted search is aborted, not unreachable", async () => {
  reply = "hang";
  const abort = new AbortController();
  const search = api.searchBooks({ q: "", page: 1, pageSize: 20, inStock: false }, abort.signal);
  abort.abort();
  expect(await search).toEqual({ ok: false, failure: { kind: "aborted" } });
});

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}

async function stopServer() {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
