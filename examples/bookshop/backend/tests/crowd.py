"""Customers who act at the same moment, each in a thread and on a connection of their own."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

from sqlalchemy import delete, event
from sqlalchemy.orm import Session, sessionmaker

from bookshop import baskets, orders
from bookshop.errors import BookshopError
from bookshop.models import Author, Basket, Book, Order

Action = Callable[[Session], object]
# Only a deadlock takes this long; a run that is well never waits for it.
PATIENCE_S = 10.0
# How long a customer who has read waits for the others to have read too. With correct locks the
# others cannot, so this is what such a test costs; without them they are all there at once.
MEETING_S = 0.1


@dataclass(frozen=True, slots=True)
class Crowd:
    sessions: sessionmaker[Session]
    _authors: list[uuid.UUID] = field(default_factory=list)
    _baskets: list[uuid.UUID] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def book(self, *, stock: int, price_cents: int = 1000) -> uuid.UUID:
        """A committed book by an author whom no other test knows."""
        with self.sessions.begin() as session:
            number = next(self._numbers)
            book = Book(
                isbn=uuid.uuid4().hex[:13],
                title=f"Volume {number}",
                author=Author(name=f"Nobody {uuid.uuid4()}"),
                price_cents=price_cents,
                stock=stock,
            )
            session.add(book)
            session.flush()
            self._authors.append(book.author_id)
            return book.id

    def basket(self, *book_ids: uuid.UUID, quantity: int = 1) -> uuid.UUID:
        with self.sessions.begin() as session:
            basket = baskets.create_basket(session)
            for book_id in book_ids:
                baskets.set_quantity(session, basket.id, book_id, quantity)
            self._baskets.append(basket.id)
            return basket.id

    def order(self, basket_id: uuid.UUID) -> uuid.UUID:
        with self.sessions.begin() as session:
            return orders.place_order(session, basket_id, str(uuid.uuid4())).id

    def stock(self, book_id: uuid.UUID) -> int:
        with self.sessions() as session:
            return session.get_one(Book, book_id).stock

    def orders_of(self, *basket_ids: uuid.UUID) -> list[Order]:
        with self.sessions() as session:
            return list(session.query(Order).where(Order.basket_id.in_(basket_ids)))

    def act(self, *actions: Action) -> list[object]:
        """Run every action in a transaction, all starting together; refusals are results too."""
        start = threading.Barrier(len(actions), timeout=PATIENCE_S)

        def act_alone(action: Action) -> object:
            try:
                with self.sessions.begin() as session:
                    session.connection()
                    start.wait()
                    return action(session)
            except BookshopError as refusal:
                return refusal

        return _in_threads(act_alone, actions)

    def act_after_reading(self, *actions: Action) -> list[object]:
        """As `act`, and nobody writes before all have read, unless a lock keeps them from it."""
        all_have_read = threading.Barrier(len(actions), timeout=MEETING_S)

        def meet(*_: object) -> None:
            try:
                all_have_read.wait()
            except threading.BrokenBarrierError:
                pass

        def with_meeting(action: Action) -> Action:
            def act(session: Session) -> object:
                event.listen(session, "before_flush", meet, once=True)
                return action(session)

            return act

        return self.act(*(with_meeting(action) for action in actions))

    def clean_up(self) -> None:
        with self.sessions.begin() as session:
            session.execute(delete(Order).where(Order.basket_id.in_(self._baskets)))
            session.execute(delete(Basket).where(Basket.id.in_(self._baskets)))
            session.execute(delete(Book).where(Book.author_id.in_(self._authors)))
            session.execute(delete(Author).where(Author.id.in_(self._authors)))


def _in_threads(act: Callable[[Action], object], actions: tuple[Action, ...]) -> list[object]:
    with ThreadPoolExecutor(len(actions)) as threads:
        futures = [threads.submit(act, action) for action in actions]
        return [future.result(timeout=PATIENCE_S) for future in futures]
