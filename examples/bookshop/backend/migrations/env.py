"""Where Alembic finds the database: the application's engine, or a connection it is handed."""

from logging.config import fileConfig

from alembic import context
from sqlalchemy import Connection

from bookshop.database import engine
from bookshop.models import Base


def run_migrations_offline() -> None:
    """Print the SQL instead of running it (`alembic upgrade head --sql`)."""
    context.configure(url=engine.url, target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()


handed_over: Connection | None = context.config.attributes.get("connection")
if context.is_offline_mode():
    run_migrations_offline()
elif handed_over is not None:
    run_migrations_online(handed_over)
else:
    if context.config.config_file_name is not None:
        fileConfig(context.config.config_file_name, disable_existing_loggers=False)
    with engine.connect() as own_connection:
        run_migrations_online(own_connection)
