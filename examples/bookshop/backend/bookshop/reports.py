"""What was sold: orders that were paid and not cancelled, on the UTC day of their payment."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, cast, func, select
from sqlalchemy.orm import Session

from bookshop.models import Author, Book, Order, OrderLine, OrderStatus

TOP_PLACES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSales:
    title: str
    quantity: int
    revenue_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySales:
    day: date
    orders: int
    revenue_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesReport:
    """`by_day` leaves out days without a sale."""

    orders: int
    revenue_cents: int
    top_books: list[BookSales]
    by_day: list[DaySales]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorSales:
    """`share_percent` is this author's part of the revenue of the whole period."""

    author: str
    quantity: int
    revenue_cents: int
    share_percent: float


def report_sales(session: Session, first: date, last: date) -> SalesReport:
    """Both days are included."""
    by_day = _sales_by_day(session, first, last)
    return SalesReport(
        orders=sum(day.orders for day in by_day),
        revenue_cents=sum(day.revenue_cents for day in by_day),
        top_books=_top_books(session, first, last),
        by_day=by_day,
    )


def report_authors(session: Session, first: date, last: date) -> list[AuthorSales]:
    """Both days are included; the author who earned most comes first."""
    revenue = func.sum(OrderLine.quantity * OrderLine.unit_price_cents)
    whole = func.nullif(func.sum(revenue).over(), 0)
    rows = session.execute(
        _sold_lines(Author.name, func.sum(OrderLine.quantity), revenue, 100.0 * revenue / whole)
        .join(Author, Author.id == Book.author_id)
        .where(_sold_between(first, last))
        .group_by(Author.id, Author.name)
        .order_by(revenue.desc(), Author.name)
    )
    return [
        AuthorSales(
            author=author,
            quantity=quantity,
            revenue_cents=revenue_cents,
            share_percent=round(float(share or 0), 1),
        )
        for author, quantity, revenue_cents, share in rows
    ]


def _sales_by_day(session: Session, first: date, last: date) -> list[DaySales]:
    sold = select(_utc_day(session).label("day"), Order.total_cents).where(
        _sold_between(first, last)
    )
    sales = sold.subquery()
    rows = session.execute(
        select(sales.c.day, func.count(), func.sum(sales.c.total_cents))
        .group_by(sales.c.day)
        .order_by(sales.c.day)
    )
    return [DaySales(day=day, orders=orders, revenue_cents=cents) for day, orders, cents in rows]


def _top_books(session: Session, first: date, last: date) -> list[BookSales]:
    """The first ten places by copies sold; books that share a place are all named."""
    quantity = func.sum(OrderLine.quantity)
    ranked = (
        _sold_lines(
            Book.title,
            quantity.label("quantity"),
            func.sum(OrderLine.quantity * OrderLine.unit_price_cents).label("revenue_cents"),
            func.rank().over(order_by=quantity.desc()).label("place"),
        )
        .where(_sold_between(first, last))
        .group_by(Book.id, Book.title)
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.title, ranked.c.quantity, ranked.c.revenue_cents)
        .where(ranked.c.place <= TOP_PLACES)
        .order_by(ranked.c.place, ranked.c.title)
    )
    return [
        BookSales(title=title, quantity=quantity, revenue_cents=cents)
        for title, quantity, cents in rows
    ]


def _sold_lines(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Book, Book.id == OrderLine.book_id)
    )


def _sold_between(first: date, last: date) -> ColumnElement[bool]:
    start = datetime.combine(first, time.min, UTC)
    end = datetime.combine(last, time.max, UTC)
    sold = Order.status.in_([OrderStatus.PAID, OrderStatus.SHIPPED])
    return sold & Order.paid_at.between(start, end)


def _utc_day(session: Session) -> ColumnElement[date]:
    if session.get_bind().dialect.name == "postgresql":
        # A plain cast would take the day in whatever time zone the server's session has.
        return cast(func.timezone("UTC", Order.paid_at), Date)
    return func.date(Order.paid_at, type_=Date)
