"""The folder of kept verdicts as runs of nox meet it: modes, a team's folder, bad luck."""

import os
import re
import shutil
import subprocess
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from tests.lacking import lacking
from tests.nox.conftest import Ended, Repository

from cicd.cache.entry import parse_entry, render_entry

NOXFILE = """\
import cicd

project = cicd.project()


@project.session(part_of="ci", reuse=True, venv_backend="none")
def check(session):
    print("RAN")
    if "wrong" in open("app.txt").read():
        session.error("something is wrong")
"""


@pytest.fixture
def plain(repository: Repository) -> Repository:
    repository.put_all({"noxfile.py": NOXFILE, "app.txt": "one\n"})
    subprocess.run(["git", "init", "-q"], cwd=repository.root, check=True)
    return repository


@pytest.fixture
def kept(plain: Repository) -> Repository:
    """A repository whose session `check` has a verdict that is kept."""
    assert ran(plain.nox("-s", "check"))
    return plain


def verdicts(repository: Repository) -> Path:
    return repository.root / ".cicd" / "verdicts"


def entries(home: Path) -> list[Path]:
    return sorted((home / "entries").glob("*/*"))


def readable(path: Path) -> bytes:
    content = path.read_bytes()
    return zlib.decompress(content) if path.parent.name == "blobs" else content


def ran(ended: Ended, code: int = 0) -> bool:
    assert ended.code == code, ended.output
    assert "Traceback" not in ended.output
    return "RAN" in ended.output


def test_write_keeps_and_reuses_read_only_reuses_and_off_does_neither(plain: Repository) -> None:
    for mode, runs in (("off", True), ("read", True), ("write", True)):
        assert not entries(verdicts(plain))
        assert ran(plain.nox("-s", "check", CICD_CACHE=mode)) == runs
    assert len(entries(verdicts(plain))) == 1
    assert [ran(plain.nox("-s", "check", CICD_CACHE=mode)) for mode in ("off", "read", "")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("variable", "said"), [("CICD_CACHE", "on"), ("CICD_CACHE_SHARED", "../team")]
)
def test_a_wrong_value_is_named_once_and_nothing_runs(
    plain: Repository, variable: str, said: str
) -> None:
    ended = plain.nox("-s", "ci", "-j", "2", **{variable: said})
    assert ended.code != 0 and "RAN" not in ended.output
    assert ended.output.count(f"{variable}={said!r}") == 1
    assert "Traceback" not in ended.output


def test_a_red_verdict_is_never_kept_and_takes_back_a_green_one(kept: Repository) -> None:
    kept.put("app.txt", "wrong\n")
    assert ran(kept.nox("-s", "check"), code=1)
    assert len(entries(verdicts(kept))) == 1
    assert ran(kept.nox("-s", "check"), code=1)


@pytest.mark.parametrize("spoiled", ["cut", "emptied", "altered", "another version", "a folder"])
def test_an_entry_that_is_not_as_it_was_written_is_none_and_is_made_good(
    kept: Repository, spoiled: str
) -> None:
    (entry,) = entries(verdicts(kept))
    content = entry.read_bytes()
    entry.unlink()
    if spoiled == "a folder":
        entry.mkdir()
    else:
        entry.write_bytes(
            {
                "cut": content[: len(content) // 2],
                "emptied": b"",
                "altered": content.replace(b'"passed"', b'"failed"').replace(b"check", b"chick"),
                "another version": content.replace(b"verdict 2", b"verdict 1"),
            }[spoiled]
        )
    assert ran(kept.nox("-s", "check"))
    assert not ran(kept.nox("-s", "check"))


@pytest.mark.parametrize(
    ("green", "altered"),
    [
        ('"verdict": "passed"', '"verdict": "failed"'),
        ('"verdict": "passed"', '"verdict": null'),
        ('"unverified": []', '"unverified": ["a gap"]'),
        ('"session": "check"', '"session": "other"'),
        ('"schema": 1', '"schema": 99'),
    ],
)
def test_a_record_that_is_not_green_without_gaps_does_not_stand_whoever_wrote_it(
    kept: Repository, green: str, altered: str
) -> None:
    (path,) = entries(verdicts(kept))
    entry = parse_entry(path.read_bytes())
    assert entry is not None and green in entry.record
    path.write_bytes(render_entry(replace(entry, record=entry.record.replace(green, altered))))
    assert parse_entry(path.read_bytes()) is not None
    assert ran(kept.nox("-s", "check"))


def test_what_cannot_be_kept_is_one_line_and_never_red(plain: Repository) -> None:
    verdicts(plain).parent.mkdir()
    (verdicts(plain).parent / ".gitignore").write_text("*\n")
    verdicts(plain).write_text("a file in its place")
    for _ in range(2):
        ended = plain.nox("-s", "check")
        assert ran(ended)
        assert ended.output.count("not kept for later: cannot write into ") == 1
        assert ended.last_line.startswith("Green in ")


@pytest.mark.skipif(os.name == "nt", reason="mounts of Linux")
def test_a_folder_that_is_read_only_is_reused_from_and_never_red(kept: Repository) -> None:
    home = verdicts(kept)
    own = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
    mounted = ["unshare", *own, "--mount", "sh", "-c", script, str(home)]
    if not shutil.which("unshare") or subprocess.run([*mounted, "true"], check=False).returncode:
        lacking("nothing can be mounted here")

    def nox() -> Ended:
        done = subprocess.run(
            [*mounted, *kept.command("-s", "check")],
            cwd=kept.root,
            env=kept.env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return Ended(done.returncode, done.stdout)

    assert not ran(nox())
    kept.put("app.txt", "two\n")
    ended = nox()
    assert ran(ended)
    assert ended.output.count("Read-only file system") == 1


def test_a_team_shares_what_one_of_them_has_earned(kept: Repository, tmp_path: Path) -> None:
    team = tmp_path / "team"
    team.mkdir()
    shutil.rmtree(verdicts(kept))
    shared = {"CICD_CACHE_SHARED": str(team)}
    assert ran(kept.nox("-s", "check", **shared))
    assert [path.name for path in entries(team)] == [path.name for path in entries(verdicts(kept))]
    other = Repository(tmp_path / "other")
    shutil.copytree(kept.root, other.root, ignore=shutil.ignore_patterns(".cicd"))
    assert not ran(other.nox("-s", "check", **shared))
    assert len(entries(verdicts(other))) == 1
    assert not ran(other.nox("-s", "check"))


def test_a_team_that_cannot_be_reached_is_one_line(kept: Repository, tmp_path: Path) -> None:
    away = str(tmp_path / "away")
    assert not ran(kept.nox("-s", "check", CICD_CACHE_SHARED=away))
    kept.put("app.txt", "two\n")
    ended = kept.nox("-s", "check", CICD_CACHE_SHARED=away)
    assert ran(ended)
    assert ended.output.count(f"cannot write into {away}: No such file or directory") == 1
    assert not ran(kept.nox("-s", "check"))


def test_no_secret_is_in_what_is_kept(plain: Repository, tmp_path: Path) -> None:
    team = tmp_path / "team"
    team.mkdir()
    secret = "9f8a7c6d5e4b3a2f1e0d"
    env = {"API_TOKEN": secret, "DATABASE_URL": f"postgresql://u:{secret}@localhost/x"}
    plain.nox("-s", "check", "--", "--token", secret, CICD_CACHE_SHARED=str(team), **env)
    files = [path for home in (verdicts(plain), team) for path in home.rglob("*") if path.is_file()]
    assert len(entries(team)) == len(entries(verdicts(plain))) == 1
    assert [path for path in files if secret.encode() in readable(path)] == []


def cache(repository: Repository, *arguments: str, code: int = 0) -> str:
    ended = repository.nox("-s", "cache", *(("--", *arguments) if arguments else ()))
    assert ended.code == code, ended.output
    assert "Traceback" not in ended.output
    return ended.output


def test_the_cache_shows_where_and_how_much_is_kept(kept: Repository) -> None:
    kept.nox("-s", "check")
    said = cache(kept)
    assert re.search(
        rf"^{re.escape(str(verdicts(kept)))}: 1 verdict, \d+ kB"
        r" \(at most 30 a session, 30 days, 200.0 MB\)$",
        said,
        flags=re.M,
    )
    assert re.search(r"^  check +1 +\d+ kB  \d+ s old, reused in 1 of 2 runs$", said, re.M)


def test_the_cache_is_pruned_by_age_and_by_size(kept: Repository) -> None:
    kept.put("app.txt", "two\n")
    kept.nox("-s", "check")
    old, new = entries(verdicts(kept))
    os.utime(old, (1, 1))
    assert "removed: 1 verdict, " in cache(kept, "--prune", "--older", "7d")
    assert entries(verdicts(kept)) == [new]
    assert "removed: 0 verdicts, 0 kB" in cache(kept, "--prune")
    assert "removed: 1 verdict, " in cache(kept, "--prune", "--size", "0KB")
    assert entries(verdicts(kept)) == []


def test_the_cache_is_cleared(kept: Repository) -> None:
    assert "removed: 1 verdict" in cache(kept, "--clear")
    assert [path for path in verdicts(kept).rglob("*") if path.is_file()] == []
    assert "nothing is kept" in cache(kept) or "0 verdicts" in cache(kept)
    assert ran(kept.nox("-s", "check"))


@pytest.mark.parametrize(
    "words", [("--older", "week"), ("--size", "much"), ("--delete",), ("--older",)], ids=" ".join
)
def test_what_the_cache_does_not_know_is_told(kept: Repository, words: tuple[str, ...]) -> None:
    cache(kept, "--prune", *words, code=1)
    assert len(entries(verdicts(kept))) == 1


def test_many_runs_at_once_keep_and_reuse(plain: Repository) -> None:
    processes = [
        subprocess.Popen(
            plain.command("-s", "check"),
            cwd=plain.root,
            env=plain.env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        for _ in range(4)
    ]
    for process in processes:
        output, _ = process.communicate()
        assert process.returncode == 0 and "Traceback" not in output, output
    assert len(entries(verdicts(plain))) == 1
    assert not ran(plain.nox("-s", "check"))
