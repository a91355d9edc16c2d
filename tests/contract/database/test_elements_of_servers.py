"""What real servers add to the key of a session: exact versions, of extensions too."""

from pathlib import Path

from cicd.cache.elements import Unknown
from cicd.config.parts import Backend
from cicd.database.port import Need, Server
from cicd.steps.fingerprint.database import database_elements
from cicd.steps.fingerprint.database_asked import describe_server
from cicd.steps.snapshot import take_snapshot
from cicd.steps.subject import Subject


def test_a_given_server_is_asked_each_time(given_server: Server, tmp_path: Path) -> None:
    major = given_server.version.partition(".")[0]
    environ = {"CICD_DATABASE_URL": given_server.url("postgres").reveal(), "HOME": str(tmp_path)}
    part = Backend("api", name="api", postgres=major)
    subject = Subject(session="api_test", verb="test", part=part, parts=(part,))
    found = database_elements(take_snapshot(tmp_path, environ), subject, part)
    assert not isinstance(found, Unknown)
    assert found["database version"] == given_server.version
    assert found["database provider"] == "given"
    assert given_server.host not in "".join(found.values())
    other = Backend("api", name="api", postgres="9")
    assert isinstance(database_elements(take_snapshot(tmp_path, environ), subject, other), Unknown)


def test_the_versions_of_extensions_are_told(owned_server: Server) -> None:
    need = Need(major=owned_server.version.partition(".")[0], extensions=("plpgsql",))
    assert describe_server(owned_server, need)["extensions"] == "plpgsql 1.0"
