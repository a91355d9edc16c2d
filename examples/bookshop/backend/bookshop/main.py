"""The application: `uvicorn bookshop.main:app`."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from bookshop.api import admin, baskets, books, health, orders
from bookshop.errors import BookshopError, Conflict, NotFound

app = FastAPI(title="Bookshop")
app.include_router(health.router)
for router in (books.router, baskets.router, orders.router, admin.router):
    app.include_router(router, prefix="/api")


@app.exception_handler(BookshopError)
def explain_refusal(_request: Request, error: BookshopError) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=_status_code(error))


def _status_code(error: BookshopError) -> int:
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, Conflict):
        return 409
    return 422
