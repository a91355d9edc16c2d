"""Is this process of any use? Only with its database."""

from fastapi import APIRouter, HTTPException
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bookshop.api.dependencies import DatabaseSession

router = APIRouter(tags=["health"])


@router.get("/health")
def health(session: DatabaseSession) -> dict[str, str]:
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        raise HTTPException(503, "the database does not answer") from error
    return {"status": "ok"}
