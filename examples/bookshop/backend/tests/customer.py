"""A customer who speaks HTTP."""

import uuid
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

from bookshop.models import Book


@dataclass(frozen=True, slots=True)
class Customer:
    client: TestClient

    def fill_basket(self, *books: Book, quantity: int = 1) -> str:
        basket: str = self.client.post("/api/baskets").json()["id"]
        for book in books:
            self.client.put(
                f"/api/baskets/{basket}/lines/{book.id}", json={"quantity": quantity}
            ).raise_for_status()
        return basket

    def send_order(self, basket: str, key: str | None = None) -> Any:
        """The raw response, for those who expect a refusal."""
        return self.client.post(
            "/api/orders",
            json={"basket_id": basket},
            headers={"Idempotency-Key": key or str(uuid.uuid4())},
        )

    def order(self, *books: Book, quantity: int = 1) -> str:
        """The id of a pending order."""
        response = self.send_order(self.fill_basket(*books, quantity=quantity))
        response.raise_for_status()
        order: str = response.json()["id"]
        return order

    def buy(self, *books: Book, quantity: int = 1) -> str:
        """The id of a paid order."""
        order = self.order(*books, quantity=quantity)
        self.move(order, "pay").raise_for_status()
        return order

    def move(self, order: str, step: str) -> Any:
        """`step` is pay, ship or cancel."""
        return self.client.post(f"/api/orders/{order}/{step}")

    def stock(self, book: Book) -> int:
        stock: int = self.client.get(f"/api/books/{book.id}").json()["stock"]
        return stock
