import { expect, test } from "@jest/globals";
import { screen } from "@testing-library/react";
import { book } from "./testing/books";
import { FakeShop } from "./testing/fakeShop";
import { visit } from "./testing/visitor";

test("each screen has its address, and the navigation says which one is shown", async () => {
  const { user } = visit(new FakeShop());
  await user.click(screen.getByRole("link", { name: "Report" }));
  expect(await screen.findByRole("heading", { name: "Sales report" })).toBeVisible();
  expect(window.location.hash).toBe("#/report");
  expect(screen.getByRole("link", { current: "page" })).toHaveTextContent("Report");
});

test("a new screen takes the focus", async () => {
  const { user } = visit(new FakeShop());
  await user.click(screen.getByRole("link", { name: "Report" }));
  await screen.findByRole("heading", { name: "Sales report" });
  expect(screen.getByRole("main")).toHaveFocus();
});

test("a book can be found, added and reached at the checkout with the keyboard alone", async () => {
  const { user } = visit(new FakeShop([book("Dune"), book("Emma")]));
  await screen.findByRole("heading", { name: "Dune" });
  await tabTo(screen.getByRole("searchbox", { name: "Search by title, author or ISBN" }));
  await user.keyboard("emma{Enter}");
  await screen.findByText("1 book");
  await tabTo(screen.getByRole("button", { name: "Add to basket: Emma" }));
  await user.keyboard(" ");
  await tabTo(await screen.findByRole("link", { name: "Go to checkout" }));
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("button", { name: "Place order" })).toBeVisible();

  async function tabTo(target: HTMLElement) {
    for (let presses = 0; presses < 20 && document.activeElement !== target; presses++) {
      await user.tab();
    }
    expect(target).toHaveFocus();
  }
});

test("the catalogue is asked again after an order, so its stock is true", async () => {
  const shop = new FakeShop([book("Dune", { stock: 10 })]);
  const { user } = visit(shop);
  await screen.findByText("10 in stock");
  await user.click(screen.getByRole("link", { name: /^Checkout/ }));
  await screen.findByRole("heading", { name: "Checkout" });
  shop.books.forEach((each) => (each.stock = 0));
  await user.click(screen.getByRole("link", { name: "Catalogue" }));
  expect(await screen.findByText("Sold out")).toBeVisible();
});
