"""What a customer can get wrong, or come too late for. The message is written for the customer."""

import uuid


class BookshopError(Exception):
    """Base of every expected refusal."""


class NotFound(BookshopError):
    def __init__(self, kind: str, identity: uuid.UUID) -> None:
        super().__init__(f"no {kind} {identity}")


class Conflict(BookshopError):
    """The request is well formed, but the shop's present state does not allow it."""


class OutOfStock(Conflict):
    def __init__(self, title: str, wanted: int, left: int) -> None:
        super().__init__(f"“{title}”: {wanted} wanted, only {left} left")


class IdempotencyKeyReused(BookshopError):
    def __init__(self) -> None:
        super().__init__("this Idempotency-Key has already placed an order for another basket")
