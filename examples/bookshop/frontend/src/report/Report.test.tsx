import { expect, test } from "@jest/globals";
import { screen, within } from "@testing-library/react";
import { ADMIN_TOKEN, FakeShop } from "../testing/fakeShop";
import { visit } from "../testing/visitor";

function open(shop = new FakeShop()) {
  const { user } = visit(shop, "#/report");
  const show = async (token: string) => {
    await user.type(screen.getByLabelText("Admin token"), token);
    await user.click(screen.getByRole("button", { name: "Show report" }));
  };
  return { user, show };
}

function rows(caption: string): string[][] {
  return within(screen.getByRole("table", { name: caption }))
    .getAllByRole("row")
    .slice(1)
    .map((row) => [...row.children].map((cell) => cell.textContent));
}

test("a report shows its sums, the best sellers and each day", async () => {
  const shop = new FakeShop();
  shop.report = {
    orders: 3,
    revenue_cents: 123456,
    // Two editions of one title are two rows.
    top_books: [
      { title: "Dune", quantity: 7, revenue_cents: 9093 },
      { title: "Dune", quantity: 2, revenue_cents: 5998 },
    ],
    by_day: [
      { day: "2026-02-27", orders: 1, revenue_cents: 0 },
      { day: "2026-02-28", orders: 2, revenue_cents: 123456 },
    ],
  };
  const { show } = open(shop);
  await show(ADMIN_TOKEN);

  expect(await screen.findByRole("table", { name: "Best-selling books" })).toBeVisible();
  expect(screen.getByText("€1,234.56", { selector: "dd" })).toBeVisible();
  expect(rows("Best-selling books")).toEqual([
    ["Dune", "7", "€90.93"],
    ["Dune", "2", "€59.98"],
  ]);
  expect(rows("Day by day")).toEqual([
    ["2026-02-27", "1", "€0.00"],
    ["2026-02-28", "2", "€1,234.56"],
  ]);
});

test("the last 30 days are asked for unless others are", async () => {
  open();
  expect(await screen.findByLabelText("First day")).toHaveValue("2026-01-31");
  expect(screen.getByLabelText("Last day")).toHaveValue("2026-03-01");
});

test("a period without sales is a report of nothing", async () => {
  const { show } = open();
  await show(ADMIN_TOKEN);
  expect(await screen.findByText("€0.00", { selector: "dd" })).toBeVisible();
  expect(rows("Day by day")).toEqual([]);
});

test("a wrong token is told in words, and the earlier report goes away", async () => {
  const { user, show } = open();
  await show(ADMIN_TOKEN);
  await screen.findByRole("table", { name: "Day by day" });
  await user.clear(screen.getByLabelText("Admin token"));
  await show("wrong");
  expect(await screen.findByRole("alert")).toHaveTextContent("did not accept this token");
  expect(screen.queryByRole("table")).not.toBeInTheDocument();
});

test("days in the wrong order are not sent", async () => {
  const shop = new FakeShop();
  shop.cutConnection("GET /api/admin/report");
  const { user, show } = open(shop);
  await user.clear(screen.getByLabelText("First day"));
  await user.type(screen.getByLabelText("First day"), "2026-03-02");
  await show(ADMIN_TOKEN);
  expect(await screen.findByRole("alert")).toHaveTextContent(
    "The first day must not come after the last day.",
  );
});
