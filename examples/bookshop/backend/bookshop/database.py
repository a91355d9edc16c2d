"""The one engine of this process, and a session for each request."""

from collections.abc import Iterator

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from bookshop.settings import settings

engine = create_engine(settings.sqlalchemy_url, pool_pre_ping=True)
SessionLocal = sessionmaker(engine, expire_on_commit=False)


def get_session() -> Iterator[Session]:
    """Whoever writes also commits: FastAPI resumes this generator after the response has left."""
    with SessionLocal() as session:
        yield session
