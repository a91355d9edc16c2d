"""Books for tests, with only those details spelled out that the test is about."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bookshop.models import Author, Book


@dataclass(frozen=True, slots=True)
class Shelf:
    session: Session
    numbers: Iterator[int]

    def put(
        self,
        title: str = "Emma",
        *,
        author: str = "Jane Austen",
        price_cents: int = 1000,
        stock: int = 5,
        isbn: str | None = None,
    ) -> Book:
        """A committed book; authors are recognised by their name."""
        book = Book(
            isbn=isbn or f"978{next(self.numbers):010}",
            title=title,
            author=self._author(author),
            price_cents=price_cents,
            stock=stock,
        )
        self.session.add(book)
        self.session.commit()
        return book

    def _author(self, name: str) -> Author:
        known = self.session.scalar(select(Author).where(Author.name == name))
        return known or Author(name=name)
