"""A file that was edited and put back while a session ran: its key is the same, the run is not."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cicd.config.parts import Backend
from cicd.steps.subject import Subject
from cicd.steps.written import written_meanwhile

API = Backend("api", name="api")


def asked(root: Path, started: datetime, verb: str = "test", name: str = "a.py") -> tuple[str, ...]:
    subject = Subject(session=f"api_{verb}", verb=verb, part=API, parts=(API,))
    return written_meanwhile(root, subject, [name], started.isoformat())


def test_what_was_written_since_is_told_whatever_it_holds(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x")
    now = datetime.now(UTC)
    assert asked(tmp_path, now - timedelta(minutes=1)) == ("a.py",)
    assert asked(tmp_path, now + timedelta(minutes=1)) == ()
    assert asked(tmp_path, now - timedelta(minutes=1), name="gone.py") == ()


def test_a_time_that_was_put_back_hides_nothing(tmp_path: Path) -> None:
    """As `cp -p` and some editors do."""
    (tmp_path / "a.py").write_text("x")
    os.utime(tmp_path / "a.py", (0, 0))
    assert asked(tmp_path, datetime.now(UTC) - timedelta(minutes=1)) == ("a.py",)


def test_a_build_may_write_what_it_reads(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x")
    assert asked(tmp_path, datetime.now(UTC) - timedelta(minutes=1), verb="build") == ()


def test_a_session_of_somebodys_own_may_write_as_well(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x")
    own = Subject(session="own", verb="", part=None, parts=(API,))
    started = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    assert written_meanwhile(tmp_path, own, ["a.py"], started) == ()
