"""A visitor in a real browser, from the search to the order."""

import re

from playwright.sync_api import Locator, Page, expect

INJECTED = """
const script = document.createElement("script");
script.textContent = "window.ours = true";
document.body.append(script);
"""


def test_a_visitor_searches_orders_and_sees_the_stock_fall(
    shop: str, page: Page, complaints: list[str]
) -> None:
    page.goto(shop)
    book = search(page, "Emma")
    before = stock(book)

    page.get_by_role("button", name="Add to basket: Emma").click()
    page.get_by_role("link", name="Go to checkout").click()
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_text("Your order is placed.")).to_be_visible()
    expect(page.get_by_role("list", name="Books you ordered")).to_contain_text("1 × Emma")

    page.get_by_role("link", name="Catalogue").click()
    assert stock(search(page, "Emma")) == before - 1
    assert not complaints, "\n".join(complaints)


def test_what_is_sold_out_cannot_be_put_in_the_basket(
    shop: str, page: Page, complaints: list[str]
) -> None:
    page.goto(shop)
    expect(search(page, "Wuthering Heights")).to_contain_text("Sold out")
    expect(page.get_by_role("button", name="Add to basket: Wuthering Heights")).to_be_disabled()
    assert not complaints, "\n".join(complaints)


def test_the_policy_of_the_pages_refuses_a_script_that_is_not_theirs(
    shop: str, page: Page
) -> None:
    page.goto(shop)
    with page.expect_console_message(lambda said: "script-src" in said.text):
        page.evaluate(INJECTED)
    assert page.evaluate("window.ours") is None


def search(page: Page, title: str) -> Locator:
    """Types a title into the search form; the book on the page, once it is the only one."""
    page.get_by_role("searchbox").fill(title)
    page.get_by_role("searchbox").press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 book")
    return page.get_by_role("list", name="Books").get_by_role("listitem").filter(has_text=title)


def stock(book: Locator) -> int:
    """How many copies the page offers: "Only 3 left", "4 in stock"."""
    found = re.search(r"Only (\d+) left|(\d+) in stock", book.inner_text())
    assert found, book.inner_text()
    return int(found[1] or found[2])
