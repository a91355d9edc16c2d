"""What routes ask for besides their own parameters."""

import secrets
from typing import Annotated

from fastapi import Depends, Header, HTTPException
from sqlalchemy.orm import Session

from bookshop.database import get_session
from bookshop.settings import Settings, settings

DatabaseSession = Annotated[Session, Depends(get_session)]


def get_settings() -> Settings:
    return settings


def require_admin(
    current: Annotated[Settings, Depends(get_settings)],
    x_admin_token: Annotated[str, Header()] = "",
) -> None:
    expected = current.admin_token.get_secret_value() if current.admin_token else ""
    matches = secrets.compare_digest(x_admin_token.encode(), expected.encode())
    if not expected or not matches:
        raise HTTPException(401, "a valid X-Admin-Token is required")
