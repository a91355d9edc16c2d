"""Which variable holds which piece of a PostgreSQL connection, judged by its name."""

from __future__ import annotations

import re

_DATABASE = frozenset(
    "POSTGRES POSTGRESQL PG PSQL DB DATABASE SQL RDS SQLALCHEMY PGSQL POSTGRE".split()
)
_OTHERS = frozenset(
    "REDIS MYSQL MARIADB MONGO MONGODB CLICKHOUSE RABBITMQ CACHE ELASTIC ELASTICSEARCH OPENSEARCH "
    "NEO4J SENTRY PGADMIN PGBOUNCER CELERY BROKER SMTP EMAIL MAIL SQLITE VECTOR QDRANT WEAVIATE "
    "MILVUS SNOWFLAKE BIGQUERY ORACLE MSSQL CASSANDRA DYNAMODB KAFKA INFLUX INFLUXDB KEYCLOAK "
    "TEMPORAL LDAP READONLY SSL SSLKEY SSLCERT "
    "SUPABASE NEXT VITE REACT GRAFANA PROMETHEUS AZURE FLOWER S3 MINIO".split()
)
_ROLES = {
    "{host}": "HOST HOSTNAME SERVER ADDR ADDRESS ENDPOINT",
    "{port}": "PORT",
    "{user}": "USER USERNAME LOGIN ROLE",
    "{password}": "PASSWORD PASS PASSWD PWD PW",
    "{dbname}": "DB NAME DATABASE DBNAME",
    "{url}": "URL URI DSN CONN CONNSTR CONNECTION",
    "{user}:{password}": "CREDENTIALS",
}
_ROLE = {word: role for role, words in _ROLES.items() for word in words.split()}
_GLUED = re.compile(r"(PG|DB|SQL|POSTGRES)(HOST|PORT|USER|PASS|PASSWORD|NAME|DATABASE|URL|URI|DSN)")
_PLAIN = ("TESTING", "TESTS", "PYTEST", "DEFAULT", "DJANGO", "APP", "MAIN", "PRIMARY")
_BEHIND = ("ASYNC", "SYNC", "STRING", "STR", "TEST", "DEV", "LOCAL")


def template_of(name: str) -> str:
    """ "POSTGRES_SERVER" is "{host}", "DB_URL" is "{url}"; "" for what is no connection."""
    words = [word for word in name.upper().split("_") if word]
    while len(words) > 1 and words[-1] in _BEHIND:
        words.pop()
    words = _unglued(words)
    if len(words) < 2 or not _OTHERS.isdisjoint(words[:-1]) or _DATABASE.isdisjoint(words[:-1]):
        return ""
    return _ROLE.get(words[-1], "")


def is_secondary(name: str) -> bool:
    """Whether a name speaks of a further database: ANALYTICS_DATABASE_URL, DB_REPLICA_HOST."""
    words = _unglued([word for word in name.upper().split("_") if word])
    return not _DATABASE.union(_BEHIND, _PLAIN, _ROLE).issuperset(words)


def _unglued(words: list[str]) -> list[str]:
    """PGHOST, DBNAME and MYAPP_DBHOST, with their last word in two."""
    glued = _GLUED.fullmatch(words[-1]) if words else None
    return [*words[:-1], glued[1], glued[2]] if glued else words
