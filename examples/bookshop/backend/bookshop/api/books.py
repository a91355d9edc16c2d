"""The catalogue."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from bookshop import catalogue
from bookshop.api.dependencies import DatabaseSession
from bookshop.api.schemas import BookPage, BookShown

router = APIRouter(prefix="/books", tags=["catalogue"])

# PostgreSQL's text cannot hold a NUL, and its integers end where an int4 does.
SearchText = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]
PriceLimit = Annotated[int | None, Query(ge=0, le=2**31 - 1)]


@router.get("")
def search(
    session: DatabaseSession,
    q: SearchText = "",
    in_stock: bool = False,
    max_price_cents: PriceLimit = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
) -> BookPage:
    query = catalogue.BookQuery(
        text=q.strip(),
        in_stock=in_stock,
        max_price_cents=max_price_cents,
        page=page,
        page_size=page_size,
    )
    books, total = catalogue.search_books(session, query)
    items = [BookShown.model_validate(book) for book in books]
    return BookPage(items=items, total=total, page=page, page_size=page_size)


@router.get("/{book_id}")
def read(session: DatabaseSession, book_id: uuid.UUID) -> BookShown:
    return BookShown.model_validate(catalogue.get_book(session, book_id))
