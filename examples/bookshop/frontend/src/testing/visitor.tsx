import { render, screen } from "@testing-library/react";
import userEvent, { type Options } from "@testing-library/user-event";
import { App } from "../App";
import { createApi } from "../api/client";
import type { FakeShop } from "./fakeShop";

interface Visit {
  storage?: Storage;
  options?: Options;
}

/** Opens the application on `hash`, as a visitor whose browser keeps `storage`. */
export function visit(shop: FakeShop, hash = "#/", { storage, options }: Visit = {}) {
  window.history.replaceState(null, "", hash);
  const user = userEvent.setup({ delay: null, ...options });
  const page = render(
    <App
      api={createApi(shop.send)}
      storage={storage ?? emptyStorage()}
      today={new Date("2026-03-01T00:30:00Z")}
    />,
  );
  return { user, ...page };
}

export function emptyStorage(): Storage {
  window.localStorage.clear();
  return window.localStorage;
}

/** Puts one copy of a book into the basket and goes to the checkout. */
export async function takeToCheckout(user: ReturnType<typeof userEvent.setup>, title: string) {
  await user.click(await screen.findByRole("button", { name: `Add to basket: ${title}` }));
  await user.click(await screen.findByRole("link", { name: "Go to checkout" }));
  return screen.findByRole("button", { name: "Place order" });
}
