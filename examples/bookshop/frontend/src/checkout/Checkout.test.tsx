import { describe, expect, test } from "@jest/globals";
import { act, screen } from "@testing-library/react";
import { book } from "../testing/books";
import { FakeShop } from "../testing/fakeShop";
import { emptyStorage, takeToCheckout, visit } from "../testing/visitor";
import { createOrderAttempts } from "./orderAttempts";

const ORDERS = "POST /api/orders";

async function reachCheckout(shop: FakeShop) {
  const storage = emptyStorage();
  const { user, unmount } = visit(shop, "#/", { storage });
  const placeOrder = await takeToCheckout(user, "Dune");
  return { user, unmount, storage, placeOrder };
}

test("an order is placed, paid and leaves an empty basket", async () => {
  const shop = new FakeShop([book("Dune", { price_cents: 1299 })]);
  const { user, storage, placeOrder } = await reachCheckout(shop);

  await user.click(placeOrder);
  expect(await screen.findByText("1 × Dune")).toBeVisible();
  expect(screen.getByRole("link", { name: "Checkout (0)" })).toBeVisible();
  expect(storage).toHaveLength(0);

  await user.click(screen.getByRole("button", { name: "Pay €12.99" }));
  expect(await screen.findByText("Your order is paid.")).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Pay/ })).not.toBeInTheDocument();
  expect(shop.orders.map(({ status }) => status)).toEqual(["paid"]);
});

test("an empty basket cannot be ordered", async () => {
  visit(new FakeShop(), "#/checkout");
  expect(await screen.findByText(/Your basket is empty/)).toBeVisible();
  expect(screen.queryByRole("button", { name: "Place order" })).not.toBeInTheDocument();
});

describe("ordering once", () => {
  test("two clicks before the screen has changed send one order", async () => {
    const shop = new FakeShop([book("Dune")]);
    const { placeOrder } = await reachCheckout(shop);
    act(() => {
      placeOrder.click();
      placeOrder.click();
    });
    expect(await screen.findByText("1 × Dune")).toBeVisible();
    expect(shop.orderKeys).toHaveLength(1);
  });

  test("the button rests while the order is under way", async () => {
    const shop = new FakeShop([book("Dune")]);
    const { user, placeOrder } = await reachCheckout(shop);
    const release = shop.hold(ORDERS);
    await user.dblClick(placeOrder);
    expect(placeOrder).toBeDisabled();
    expect(placeOrder).toHaveTextContent("Placing your order…");
    release();
    expect(await screen.findByText("1 × Dune")).toBeVisible();
    expect(shop.orderKeys).toHaveLength(1);
  });

  test("an order whose answer got lost is not made again by a retry", async () => {
    const shop = new FakeShop([book("Dune")]);
    shop.loseAnswer(ORDERS);
    const { user, placeOrder } = await reachCheckout(shop);
    await user.click(placeOrder);
    expect(await screen.findByRole("alert")).toHaveTextContent("will not order twice");
    await user.click(placeOrder);
    expect(await screen.findByText("1 × Dune")).toBeVisible();
    expect(shop.orders).toHaveLength(1);
    expect(shop.orderKeys[1]).toBe(shop.orderKeys[0]);
  });

  test("nor by a retry after a reload", async () => {
    const shop = new FakeShop([book("Dune")]);
    shop.loseAnswer(ORDERS);
    const { user, unmount, storage, placeOrder } = await reachCheckout(shop);
    await user.click(placeOrder);
    await screen.findByRole("alert");
    unmount();

    const reloaded = visit(shop, "#/checkout", { storage });
    await reloaded.user.click(await screen.findByRole("button", { name: "Place order" }));
    expect(await screen.findByText("1 × Dune")).toBeVisible();
    expect(shop.orders).toHaveLength(1);
  });

  test("a broken server does not end the attempt either", async () => {
    const shop = new FakeShop([book("Dune")]);
    shop.answerWith(ORDERS, 502, "Bad Gateway");
    const { user, placeOrder } = await reachCheckout(shop);
    const key = createOrderAttempts(window.localStorage).keyFor("basket-1");
    await user.click(placeOrder);
    expect(await screen.findByRole("alert")).toHaveTextContent("problem (502)");
    await user.click(placeOrder);
    expect(await screen.findByText("1 × Dune")).toBeVisible();
    expect(shop.orderKeys).toEqual([key]);
  });

  test("the next basket is a new order", async () => {
    const shop = new FakeShop([book("Dune")]);
    const { user, placeOrder } = await reachCheckout(shop);
    await user.click(placeOrder);
    await screen.findByText("1 × Dune");
    await user.click(screen.getByRole("link", { name: "Catalogue" }));
    await user.click(await takeToCheckout(user, "Dune"));
    expect(await screen.findByRole("link", { name: "Checkout (0)" })).toBeVisible();
    expect(shop.orders.map(({ id }) => id)).toEqual(["order-1", "order-2"]);
  });
});

describe("too few copies left", () => {
  test("is told in words, with how many there are", async () => {
    const shop = new FakeShop([book("Dune")]);
    const { user, placeOrder } = await reachCheckout(shop);
    await user.click(screen.getByRole("button", { name: "One more: Dune" }));
    await screen.findByText("€20.00", { selector: "strong" });
    sellDown(shop, 1);
    await user.click(placeOrder);
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "Your order was not placed: “Dune”: 2 wanted, only 1 left. Change your basket and order again.",
    );
    expect(shop.orders).toEqual([]);
  });

  test("can be put right on the spot, as a new attempt", async () => {
    const shop = new FakeShop([book("Dune")]);
    const { user, placeOrder } = await reachCheckout(shop);
    await user.click(screen.getByRole("button", { name: "One more: Dune" }));
    await screen.findByText("€20.00", { selector: "strong" });
    sellDown(shop, 1);
    await user.click(placeOrder);
    await screen.findByRole("alert");
    await user.click(screen.getByRole("button", { name: "One fewer: Dune" }));
    await screen.findByText("€10.00", { selector: "strong" });
    await user.click(placeOrder);
    expect(await screen.findByText("1 × Dune")).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(new Set(shop.orderKeys).size).toBe(2);
  });

  function sellDown(shop: FakeShop, stock: number) {
    shop.books.forEach((each) => (each.stock = stock));
  }
});

test("an order waits for a change of the basket that is still under way", async () => {
  const shop = new FakeShop([book("Dune")]);
  const { user, placeOrder } = await reachCheckout(shop);
  const release = shop.hold("PUT /api/baskets");
  await user.click(screen.getByRole("button", { name: "One more: Dune" }));
  expect(placeOrder).toBeDisabled();
  release();
  await screen.findByText("€20.00", { selector: "strong" });
  expect(placeOrder).toBeEnabled();
});

test("a payment that failed can be tried again", async () => {
  const shop = new FakeShop([book("Dune")]);
  shop.cutConnection("POST /api/orders/order-1/pay");
  const { user, placeOrder } = await reachCheckout(shop);
  await user.click(placeOrder);
  await user.click(await screen.findByRole("button", { name: "Pay €10.00" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("cannot be reached");
  await user.click(screen.getByRole("button", { name: "Pay €10.00" }));
  expect(await screen.findByText("Your order is paid.")).toBeVisible();
});
