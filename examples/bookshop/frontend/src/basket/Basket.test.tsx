import { describe, expect, test } from "@jest/globals";
import { screen, within } from "@testing-library/react";
import { createApi } from "../api/client";
import { book } from "../testing/books";
import { FakeShop } from "../testing/fakeShop";
import { emptyStorage, visit } from "../testing/visitor";
import { createBasketStore } from "./basketStore";

function basket() {
  return within(screen.getByRole("complementary", { name: "Your basket" }));
}

const addDune = { name: "Add to basket: Dune" };

describe("adding", () => {
  test("puts the book into the basket with its price", async () => {
    const { user } = visit(new FakeShop([book("Dune", { price_cents: 1299 })]));
    await user.click(await screen.findByRole("button", addDune));
    expect(await basket().findByText("Total")).toHaveTextContent("Total €12.99");
    expect(screen.getByRole("link", { name: "Checkout (1)" })).toBeVisible();
  });

  test("twice in quick succession makes one basket with two copies", async () => {
    const shop = new FakeShop([book("Dune", { price_cents: 1299 })]);
    const { user } = visit(shop);
    await user.dblClick(await screen.findByRole("button", addDune));
    expect(await basket().findByText("€25.98", { selector: "strong" })).toBeVisible();
    expect(shop.baskets).toHaveLength(1);
  });

  test("that failed says so, and the next click works", async () => {
    const shop = new FakeShop([book("Dune")]);
    shop.cutConnection("PUT /api/baskets/basket-1/lines/book-dune");
    const { user } = visit(shop);
    await user.click(await screen.findByRole("button", addDune));
    expect(await screen.findByRole("alert")).toHaveTextContent("cannot be reached");
    await user.click(screen.getByRole("button", addDune));
    expect(await basket().findByRole("listitem")).toHaveTextContent("Dune");
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(shop.baskets).toHaveLength(1);
  });
});

describe("changing", () => {
  async function withTwoDunes() {
    const shop = new FakeShop([book("Dune")]);
    const { user } = visit(shop);
    await user.dblClick(await screen.findByRole("button", addDune));
    await basket().findByText("€20.00", { selector: "strong" });
    return { shop, user };
  }

  test("goes one copy up and one copy down", async () => {
    const { user } = await withTwoDunes();
    await user.click(basket().getByRole("button", { name: "One more: Dune" }));
    expect(await basket().findByText("€30.00", { selector: "strong" })).toBeVisible();
    await user.click(basket().getByRole("button", { name: "One fewer: Dune" }));
    expect(await basket().findByText("€20.00", { selector: "strong" })).toBeVisible();
  });

  test("down from the last copy takes the book out", async () => {
    const { shop, user } = await withTwoDunes();
    await user.dblClick(basket().getByRole("button", { name: "One fewer: Dune" }));
    expect(await basket().findByText("Nothing in it yet.")).toBeVisible();
    expect(shop.baskets).toEqual([{ id: "basket-1", lines: [], total_cents: 0 }]);
  });

  test("can remove all copies at once, with the keyboard alone", async () => {
    const { shop, user } = await withTwoDunes();
    basket().getByRole("button", { name: "Remove: Dune" }).focus();
    await user.keyboard("{Enter}");
    expect(await basket().findByText("Nothing in it yet.")).toBeVisible();
    expect(shop.baskets[0]?.lines).toEqual([]);
  });

  test("keeps the focus near when the line goes away", async () => {
    const shop = new FakeShop([book("Dune"), book("Emma")]);
    const { user } = visit(shop);
    await user.click(await screen.findByRole("button", addDune));
    await user.click(screen.getByRole("button", { name: "Add to basket: Emma" }));
    await user.click(await basket().findByRole("button", { name: "Remove: Emma" }));
    expect(await basket().findAllByRole("listitem")).toHaveLength(1);
    expect(basket().getByText("Total")).toHaveFocus();
  });
});

describe("a later visit", () => {
  test("finds the basket again", async () => {
    const shop = new FakeShop([book("Dune")]);
    const storage = emptyStorage();
    const first = visit(shop, "#/", { storage });
    await first.user.click(await screen.findByRole("button", addDune));
    await basket().findByRole("listitem");
    first.unmount();

    visit(shop, "#/", { storage });
    expect(await basket().findByRole("listitem")).toHaveTextContent("Dune");
  });

  test("starts a new basket when the server has forgotten the old one", async () => {
    const shop = new FakeShop([book("Dune")]);
    const storage = emptyStorage();
    storage.setItem("bookshop.basket", "expired");
    const { user } = visit(shop, "#/", { storage });
    await user.click(await screen.findByRole("button", addDune));
    expect(await basket().findByRole("listitem")).toHaveTextContent("Dune");
    expect(storage.getItem("bookshop.basket")).toBe("basket-1");
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  test("does not start a second basket because the server was away for a moment", async () => {
    const shop = new FakeShop([book("Dune")]);
    const storage = emptyStorage();
    shop.baskets.push({ id: "mine", lines: [], total_cents: 0 });
    storage.setItem("bookshop.basket", "mine");
    shop.cutConnection("GET /api/baskets/mine");
    const { user } = visit(shop, "#/", { storage });
    await user.click(await screen.findByRole("button", addDune));
    expect(await basket().findByRole("listitem")).toHaveTextContent("Dune");
    expect(shop.baskets.map(({ id }) => id)).toEqual(["mine"]);
  });
});

test("a basket that expired while it was open is let go of", async () => {
  const shop = new FakeShop([book("Dune")]);
  const { user } = visit(shop);
  await user.click(await screen.findByRole("button", addDune));
  await basket().findByRole("listitem");
  shop.baskets.splice(0);
  await user.click(basket().getByRole("button", { name: "One more: Dune" }));
  expect(await basket().findByText("Nothing in it yet.")).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent("no such basket");
});

test("a basket that became an order in another tab is let go of", async () => {
  const shop = new FakeShop([book("Dune")]);
  const storage = emptyStorage();
  const { user } = visit(shop, "#/", { storage });
  await user.click(await screen.findByRole("button", addDune));
  await basket().findByRole("listitem");

  const otherTab = createApi(shop.send);
  await otherTab.placeOrder("basket-1", "key-of-the-other-tab");
  createBasketStore(otherTab, storage).forget();

  await user.click(screen.getByRole("button", addDune));
  expect(await basket().findByText("Nothing in it yet.")).toBeVisible();
  expect(screen.getByRole("alert")).toHaveTextContent("this basket has become an order");
  await user.click(screen.getByRole("button", addDune));
  expect(await basket().findByText("Total")).toHaveTextContent("Total €10.00");
  expect(storage.getItem("bookshop.basket")).toBe("basket-2");
});
