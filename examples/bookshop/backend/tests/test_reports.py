import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import update
from sqlalchemy.orm import Session

from bookshop.api.dependencies import get_settings
from bookshop.main import app
from bookshop.models import Order
from bookshop.settings import Settings
from tests.conftest import ADMIN_TOKEN
from tests.customer import Customer
from tests.shelf import Shelf

JUNE = {"from": "2026-06-01", "to": "2026-06-30"}


class Ledger:
    """Sales on days of our choosing."""

    def __init__(self, client: TestClient, session: Session, shelf: Shelf) -> None:
        self.customer, self.session, self.shelf = Customer(client), session, shelf

    def sell(self, title: str, *, at: str, quantity: int = 1, **details: Any) -> str:
        book = self.shelf.put(title, stock=99, **details)
        order = self.customer.buy(book, quantity=quantity)
        self.move_to(order, at)
        return order

    def move_to(self, order: str, at: str) -> None:
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        moved = update(Order).where(Order.id == uuid.UUID(order)).values(paid_at=moment)
        self.session.execute(moved)
        self.session.commit()


@pytest.fixture
def ledger(client: TestClient, session: Session, shelf: Shelf) -> Ledger:
    return Ledger(client, session, shelf)


def report(client: TestClient, path: str = "", period: dict[str, str] = JUNE) -> Any:
    response = client.get(
        f"/api/admin/report{path}", params=period, headers={"X-Admin-Token": ADMIN_TOKEN}
    )
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("path", ["", "/authors"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Admin-Token": ""}, {"X-Admin-Token": "guess"}, {"X-Admin-Token": b"\xe9t\xe9"}],
)
def test_a_report_needs_the_admin_token(
    client: TestClient, path: str, headers: dict[str, str | bytes]
) -> None:
    response = client.get(f"/api/admin/report{path}", params=JUNE, headers=headers)
    assert response.status_code == 401


@pytest.mark.parametrize("headers", [{}, {"X-Admin-Token": ""}])
def test_without_a_configured_token_reports_are_closed_to_everybody(
    client: TestClient, headers: dict[str, str]
) -> None:
    for closed in (None, SecretStr("")):
        app.dependency_overrides[get_settings] = lambda: Settings(admin_token=closed)
        response = client.get("/api/admin/report", params=JUNE, headers=headers)
        assert response.status_code == 401


@pytest.mark.parametrize(
    "period",
    [
        {},
        {"from": "2026-06-01"},
        {"from": "yesterday", "to": "2026-06-01"},
        {"from": "2026-06-02", "to": "2026-06-01"},
    ],
)
def test_a_period_that_makes_no_sense_is_422(client: TestClient, period: dict[str, str]) -> None:
    response = client.get(
        "/api/admin/report", params=period, headers={"X-Admin-Token": ADMIN_TOKEN}
    )
    assert response.status_code == 422


def test_without_sales_everything_is_nothing(client: TestClient) -> None:
    assert report(client) == {"orders": 0, "revenue_cents": 0, "top_books": [], "by_day": []}
    assert report(client, "/authors") == []


def test_the_longest_period_is_answered(client: TestClient) -> None:
    ever = {"from": "0001-01-01", "to": "9999-12-31"}
    assert report(client, period=ever)["orders"] == 0


def test_sales_are_summed_by_day(client: TestClient, ledger: Ledger) -> None:
    ledger.sell("Emma", at="2026-06-03T09:00", price_cents=1000, quantity=2)
    ledger.sell("Dracula", at="2026-06-03T18:00", price_cents=500)
    ledger.sell("Moby-Dick", at="2026-06-05T12:00", price_cents=700)
    shown = report(client)
    assert (shown["orders"], shown["revenue_cents"]) == (3, 3200)
    assert shown["by_day"] == [
        {"day": "2026-06-03", "orders": 2, "revenue_cents": 2500},
        {"day": "2026-06-05", "orders": 1, "revenue_cents": 700},
    ]


def test_the_first_and_the_last_moment_of_the_period_count(
    client: TestClient, ledger: Ledger
) -> None:
    ledger.sell("Too early", at="2026-05-31T23:59:59.999999")
    ledger.sell("First", at="2026-06-01T00:00")
    ledger.sell("Last", at="2026-06-30T23:59:59.999999")
    ledger.sell("Too late", at="2026-07-01T00:00")
    shown = report(client)
    assert [day["day"] for day in shown["by_day"]] == ["2026-06-01", "2026-06-30"]
    assert [book["title"] for book in shown["top_books"]] == ["First", "Last"]


@pytest.mark.sqlite_incompatible
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_day_is_a_utc_day_wherever_the_server_stands(
    client: TestClient, ledger: Ledger, session: Session, zone: str
) -> None:
    session.connection().exec_driver_sql(f"SET LOCAL TIME ZONE '{zone}'")
    ledger.sell("Early", at="2026-06-03T00:30")
    ledger.sell("Late", at="2026-06-03T23:30")
    assert [day["day"] for day in report(client)["by_day"]] == ["2026-06-03"]


def test_only_paid_orders_are_sales(client: TestClient, ledger: Ledger) -> None:
    ledger.customer.order(ledger.shelf.put("Pending"))
    cancelled = ledger.sell("Cancelled", at="2026-06-03T09:00")
    ledger.customer.move(cancelled, "cancel")
    shipped = ledger.sell("Shipped", at="2026-06-03T09:00")
    ledger.customer.move(shipped, "ship")
    ledger.sell("Paid", at="2026-06-03T09:00")
    assert [book["title"] for book in report(client)["top_books"]] == ["Paid", "Shipped"]


def test_an_order_of_today_is_in_the_report_of_today(client: TestClient, ledger: Ledger) -> None:
    before = datetime.now(UTC).date()
    ledger.customer.buy(ledger.shelf.put(price_cents=1000))
    after = datetime.now(UTC).date()
    period = {"from": before.isoformat(), "to": after.isoformat()}
    assert report(client, period=period)["revenue_cents"] == 1000


def test_top_books_come_by_copies_sold_and_not_by_revenue(
    client: TestClient, ledger: Ledger
) -> None:
    ledger.sell("Dear", at="2026-06-03T09:00", price_cents=9000, quantity=1)
    ledger.sell("Popular", at="2026-06-03T09:00", price_cents=100, quantity=3)
    assert report(client)["top_books"] == [
        {"title": "Popular", "quantity": 3, "revenue_cents": 300},
        {"title": "Dear", "quantity": 1, "revenue_cents": 9000},
    ]


def test_books_that_share_the_tenth_place_are_all_named(client: TestClient, ledger: Ledger) -> None:
    for number in range(9):
        ledger.sell(f"Bestseller {number}", at="2026-06-03T09:00", quantity=9)
    for title in ("Tenth", "Also tenth"):
        ledger.sell(title, at="2026-06-03T09:00", quantity=5)
    ledger.sell("Twelfth", at="2026-06-03T09:00", quantity=1)
    titles = [book["title"] for book in report(client)["top_books"]]
    assert titles[9:] == ["Also tenth", "Tenth"]


def test_revenue_counts_the_price_that_was_paid(
    client: TestClient, ledger: Ledger, session: Session
) -> None:
    book = ledger.shelf.put("Emma", price_cents=1000)
    ledger.move_to(ledger.customer.buy(book), "2026-06-03T09:00")
    book.price_cents = 1
    session.commit()
    assert report(client)["top_books"][0]["revenue_cents"] == 1000


def test_authors_share_the_revenue(client: TestClient, ledger: Ledger) -> None:
    ledger.sell("Emma", author="Jane Austen", at="2026-06-03T09:00", price_cents=1000)
    ledger.sell("Persuasion", author="Jane Austen", at="2026-06-04T09:00", price_cents=1000)
    ledger.sell("Dracula", author="Bram Stoker", at="2026-06-04T09:00", price_cents=1000)
    assert report(client, "/authors") == [
        {"author": "Jane Austen", "quantity": 2, "revenue_cents": 2000, "share_percent": 66.7},
        {"author": "Bram Stoker", "quantity": 1, "revenue_cents": 1000, "share_percent": 33.3},
    ]


def test_books_given_away_have_no_share(client: TestClient, ledger: Ledger) -> None:
    ledger.sell("Emma", author="Jane Austen", at="2026-06-03T09:00", price_cents=0)
    assert report(client, "/authors")[0]["share_percent"] == 0
