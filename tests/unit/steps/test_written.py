"""A file that was edited and put back while a session ran: its key is the same, the run is not."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cicd.config.parts import Backend
from cicd.steps.subject import Subject
from cicd.steps.written import unlisted_names, written_meanwhile

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


def test_a_folder_that_was_moved_away_and_back_is_told(tmp_path: Path) -> None:
    put(tmp_path / "data" / "a.py", an_hour_ago := time.time() - 3600)
    os.utime(tmp_path / "data", (an_hour_ago, an_hour_ago))
    time.sleep(0.1)
    started = datetime.now(UTC)
    assert asked(tmp_path, started, name="data/a.py") == ()
    (tmp_path / "data").rename(tmp_path / "aside")
    (tmp_path / "aside").rename(tmp_path / "data")
    assert asked(tmp_path, started, name="data/a.py") == ("data/",)


def test_a_new_file_in_a_folder_says_nothing_of_the_others(tmp_path: Path) -> None:
    put(tmp_path / "data" / "a.py", time.time() - 3600)
    time.sleep(0.1)
    started = datetime.now(UTC)
    (tmp_path / "data" / "__pycache__").mkdir()
    assert asked(tmp_path, started, name="data/a.py") == ()


def test_a_link_is_written_where_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    put(tmp_path / "target", time.time() - 3600)
    time.sleep(0.1)
    started = datetime.now(UTC)
    assert asked(tmp_path, started, name="link") == ()
    (tmp_path / "target").write_text("y")
    assert asked(tmp_path, started, name="link") == ("link",)


def test_what_git_does_not_list_counts_as_well(tmp_path: Path) -> None:
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "deep" / "n.txt").write_text("")
    elements = (
        "inputs",
        "api:file api/.env",
        "api:reads data",
        "reads gone",
        "at home .npmrc",
        "api:outside ../elsewhere",
    )
    found = set(unlisted_names(tmp_path, elements))
    assert found == {"api/.env", f"{tmp_path}/data/deep/n.txt", "gone", "../elsewhere"}
    assert asked(tmp_path, datetime.now(UTC) - timedelta(minutes=1), name=max(found)) == ()


def put(path: Path, when: float) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    os.utime(path, (when, when))


def test_a_build_may_write_what_it_reads(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x")
    assert asked(tmp_path, datetime.now(UTC) - timedelta(minutes=1), verb="build") == ()


def test_a_session_of_somebodys_own_may_write_as_well(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x")
    own = Subject(session="own", verb="", part=None, parts=(API,))
    started = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    assert written_meanwhile(tmp_path, own, ["a.py"], started) == ()
