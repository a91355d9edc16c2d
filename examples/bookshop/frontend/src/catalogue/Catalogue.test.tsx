import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createApi } from "../api/client";
import { book, volumes } from "../testing/books";
import { FakeShop } from "../testing/fakeShop";
import { Catalogue } from "./Catalogue";

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

async function open(shop: FakeShop) {
  const user = userEvent.setup({ delay: null });
  const page = render(<Catalogue api={createApi(shop.send)} onAdd={jest.fn()} />);
  await pause(0);
  return { user, ...page };
}

/** Lets time pass, and the answers arrive that come by then. */
async function pause(duration_ms: number) {
  await act(() => jest.advanceTimersByTimeAsync(duration_ms));
}

function titles(): string[] {
  const list = screen.getByRole("list", { name: "Books" });
  return within(list)
    .queryAllByRole("heading")
    .map((heading) => heading.textContent);
}

describe("a book", () => {
  test("shows its author, price and stock", async () => {
    await open(new FakeShop([book("Dune", { author: "Frank Herbert", price_cents: 1299 })]));
    const item = screen.getByRole("listitem");
    expect(item).toHaveTextContent("Frank Herbert");
    expect(item).toHaveTextContent("€12.99");
    expect(item).toHaveTextContent("10 in stock");
  });

  test("that is sold out cannot be added", async () => {
    await open(new FakeShop([book("Dune", { stock: 0 }), book("Emma", { stock: 1 })]));
    expect(screen.getByRole("button", { name: "Add to basket: Dune" })).toBeDisabled();
    expect(screen.getByRole("button", { name: "Add to basket: Emma" })).toBeEnabled();
    expect(screen.getByText("Only 1 left")).toBeVisible();
  });
});

describe("searching", () => {
  test("asks once for a word, when the typing pauses", async () => {
    const shop = new FakeShop([book("Dune"), book("Emma")]);
    const { user } = await open(shop);
    await user.type(screen.getByRole("searchbox"), " dune ");
    await pause(249);
    expect(shop.searches).toEqual([""]);
    await pause(1);
    expect(shop.searches).toEqual(["", "dune"]);
    expect(titles()).toEqual(["Dune"]);
    expect(screen.getByRole("status")).toHaveTextContent("1 book");
  });

  test("does not wait after Enter, and does not ask again", async () => {
    const shop = new FakeShop([book("Dune"), book("Emma")]);
    const { user } = await open(shop);
    await user.type(screen.getByRole("searchbox"), "emma{Enter}");
    await pause(1000);
    expect(shop.searches).toEqual(["", "emma"]);
    expect(titles()).toEqual(["Emma"]);
  });

  test("drops an answer that arrives after a newer one", async () => {
    const shop = new FakeShop([book("Dune"), book("Emma")]);
    const release = shop.hold("q=dune");
    const { user } = await open(shop);
    await user.type(screen.getByRole("searchbox"), "dune{Enter}");
    await user.clear(screen.getByRole("searchbox"));
    await user.type(screen.getByRole("searchbox"), "emma{Enter}");
    await pause(0);
    release();
    await pause(0);
    expect(titles()).toEqual(["Emma"]);
    expect(screen.getByRole("status")).toHaveTextContent("1 book");
  });

  test("keeps showing the earlier books until the answer is there", async () => {
    const shop = new FakeShop([book("Dune"), book("Emma")]);
    const release = shop.hold("q=dune");
    const { user } = await open(shop);
    await user.type(screen.getByRole("searchbox"), "dune{Enter}");
    expect(titles()).toEqual(["Dune", "Emma"]);
    expect(screen.getByRole("status")).toHaveTextContent("Searching…");
    release();
    await pause(0);
    expect(titles()).toEqual(["Dune"]);
  });

  test("says so when no book matches", async () => {
    const { user } = await open(new FakeShop([book("Dune")]));
    await user.type(screen.getByRole("searchbox"), "emma{Enter}");
    await pause(0);
    expect(screen.getByRole("status")).toHaveTextContent("No book matches.");
  });

  test("can leave out what is sold out", async () => {
    const { user } = await open(new FakeShop([book("Dune", { stock: 0 }), book("Emma")]));
    await user.click(screen.getByRole("checkbox", { name: "In stock only" }));
    await pause(0);
    expect(titles()).toEqual(["Emma"]);
  });

  test("sends nothing more once the visitor has left", async () => {
    const shop = new FakeShop([book("Dune")]);
    const { user, unmount } = await open(shop);
    await user.type(screen.getByRole("searchbox"), "dune");
    unmount();
    await pause(1000);
    expect(shop.searches).toEqual([""]);
  });

  test("that failed can be tried again", async () => {
    const shop = new FakeShop([book("Dune")]);
    shop.cutConnection("GET /api/books");
    const { user } = await open(shop);
    expect(screen.getByRole("alert")).toHaveTextContent("cannot be reached");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await pause(0);
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
    expect(titles()).toEqual(["Dune"]);
  });
});

describe("paging", () => {
  test("stops at the first page and at the last", async () => {
    const { user } = await open(new FakeShop(volumes(41)));
    const previous = screen.getByRole("button", { name: "Previous" });
    const next = screen.getByRole("button", { name: "Next" });

    expect(previous).toBeDisabled();
    await user.click(next);
    await pause(0);
    expect(screen.getByText("Page 2 of 3")).toBeVisible();
    expect(previous).toBeEnabled();
    await user.click(next);
    await pause(0);
    expect(titles()).toEqual(["Volume 41"]);
    expect(next).toBeDisabled();
  });

  test("starts anew with a new search", async () => {
    const { user } = await open(new FakeShop([...volumes(41), book("Dune")]));
    await user.click(screen.getByRole("button", { name: "Next" }));
    await pause(0);
    await user.type(screen.getByRole("searchbox"), "dune{Enter}");
    await pause(0);
    expect(screen.getByText("Page 1 of 1")).toBeVisible();
    expect(titles()).toEqual(["Dune"]);
  });

  test("falls back to the last page when books have gone meanwhile", async () => {
    const shop = new FakeShop(volumes(41));
    const { user } = await open(shop);
    await user.click(screen.getByRole("button", { name: "Next" }));
    await pause(0);
    shop.books.splice(5);
    await user.click(screen.getByRole("button", { name: "Next" }));
    await pause(0);
    expect(screen.getByText("Page 1 of 1")).toBeVisible();
    expect(titles()).toHaveLength(5);
  });
});
