"""What the environment decides."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url


class Settings(BaseSettings):
    """Read from the environment only; an empty variable counts as one that is not set."""

    model_config = SettingsConfigDict(env_ignore_empty=True)

    postgres_server: str = "localhost"
    postgres_port: int = 5432
    postgres_user: str = "bookshop"
    postgres_password: SecretStr = SecretStr("")
    postgres_db: str = "bookshop"
    database_url: SecretStr | None = None
    admin_token: SecretStr | None = None

    @property
    def sqlalchemy_url(self) -> URL:
        """`DATABASE_URL` if there is one, else what the `POSTGRES_*` variables add up to."""
        if self.database_url is not None:
            return _with_psycopg(make_url(self.database_url.get_secret_value()))
        return URL.create(
            "postgresql+psycopg",
            username=self.postgres_user,
            password=self.postgres_password.get_secret_value() or None,
            host=self.postgres_server,
            port=self.postgres_port,
            database=self.postgres_db,
        )


def _with_psycopg(url: URL) -> URL:
    """Hosting providers write `postgres://`, which names no driver that SQLAlchemy knows."""
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    return url


settings = Settings()
