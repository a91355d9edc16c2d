"""Finding books, also by those who cannot spell their author."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager

from bookshop.errors import NotFound
from bookshop.models import Author, Book


@dataclass(frozen=True, slots=True, kw_only=True)
class BookQuery:
    """`text` matches title, author or a whole ISBN; `page` counts from 1."""

    text: str = ""
    in_stock: bool = False
    max_price_cents: int | None = None
    page: int = 1
    page_size: int = 20


def get_book(session: Session, book_id: uuid.UUID) -> Book:
    book = session.get(Book, book_id)
    if book is None:
        raise NotFound("book", book_id)
    return book


def search_books(session: Session, query: BookQuery) -> tuple[Sequence[Book], int]:
    """One page of matching books, the best match first, and how many match in all."""
    fuzzy = session.get_bind().dialect.name == "postgresql"
    matching = select_matching(query, fuzzy=fuzzy)
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    ranking = [_similarity(query.text).desc()] if query.text and fuzzy else []
    page = (
        matching.order_by(*ranking, Book.title, Book.id)
        .limit(query.page_size)
        .offset((query.page - 1) * query.page_size)
    )
    return session.scalars(page).all(), total


def select_matching(query: BookQuery, *, fuzzy: bool) -> Select[Book]:
    """`fuzzy` needs the extension pg_trgm; without it only what is spelled right is found."""
    books = select(Book).join(Book.author).options(contains_eager(Book.author))
    if query.text:
        # A union, not one OR across both tables: so each half can use its trigram index.
        found = union(_ids_by_book(query.text, fuzzy), _ids_by_author(query.text, fuzzy))
        books = books.where(Book.id.in_(found))
    if query.in_stock:
        books = books.where(Book.stock > 0)
    if query.max_price_cents is not None:
        books = books.where(Book.price_cents <= query.max_price_cents)
    return books


def _ids_by_book(text: str, fuzzy: bool) -> Select[uuid.UUID]:
    is_isbn = Book.isbn == text.replace("-", "")
    return select(Book.id).where(_resembles(Book.title, text, fuzzy) | is_isbn)


def _ids_by_author(text: str, fuzzy: bool) -> Select[uuid.UUID]:
    return select(Book.id).join(Book.author).where(_resembles(Author.name, text, fuzzy))


def _resembles(column: InstrumentedAttribute[str], text: str, fuzzy: bool) -> ColumnElement[bool]:
    contains = column.ilike(f"%{_escape_like(text)}%", escape="\\")
    if not fuzzy:
        return contains
    # The operator, not word_similarity() > x, which no index serves:
    # https://www.postgresql.org/docs/15/pgtrgm.html
    return contains | column.bool_op("%>")(text)


def _similarity(text: str) -> ColumnElement[float]:
    return func.greatest(
        func.word_similarity(text, Book.title), func.word_similarity(text, Author.name)
    )


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
