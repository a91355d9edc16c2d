"""Each element of a key: a change of it alone is seen, under its name; noise is not."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

import cicd
from cicd.cache.elements import Elements, Unknown
from cicd.config.parts import Backend, Frontend, Part
from cicd.model import Secret
from cicd.steps.fingerprint.assemble import fingerprint, input_names
from cicd.steps.fingerprint.options import option_elements
from cicd.steps.fingerprint.ours import code_of, our_elements
from cicd.steps.fingerprint.unlisted import ignored_settings
from cicd.steps.fingerprint.variables import variable_elements
from cicd.steps.reuse import take_key
from cicd.steps.snapshot import take_snapshot
from cicd.steps.subject import Subject
from cicd.system.time_zone import read_zone

API = Backend("api", name="api", postgres=None, pythons="3.11", tests="pytest", reads=("data",))
DAY = date(2030, 1, 15)


@dataclass(frozen=True)
class Made:
    """A repository with one part in `api`, in a home of its own."""

    root: Path

    def put(self, **files: str) -> None:
        for name, text in files.items():
            path = self.root / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def git(self, *arguments: str) -> None:
        settings = ("-c", "user.name=n", "-c", "user.email=e@example.org")
        command = ("git", "-C", str(self.root), *settings, *arguments)
        subprocess.run(command, check=True, capture_output=True)

    def take(
        self,
        part: Part = API,
        arguments: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
        noxfile: str = "noxfile.py",
        **told: Any,
    ) -> Elements | Unknown:
        home = {"HOME": str(self.root.parents[1])}
        snapshot = take_snapshot(self.root, {**home, **(environ or {})}, noxfile)
        subject = {"session": "api_test", "verb": "test", "part": part, "parts": (part,), **told}
        return fingerprint(snapshot, Subject(**subject), arguments)

    def values(self, *given: Any, **told: Any) -> Mapping[str, str]:
        taken = self.take(*given, **told)
        return taken.known if isinstance(taken, Unknown) else taken.values


@pytest.fixture
def made(tmp_path: Path) -> Made:
    repository = Made(tmp_path / "home" / "work" / "shop")
    repository.put(
        api__app_dot_py="",
        api__src__api__inner_dot_py="",
        api__pyproject_dot_toml='[project]\nname = "api"\n',
        noxfile_dot_py="",
        uv_dot_lock="",
        README_dot_md="",
        data__listed="1",
        data__made__x="1",
        web__app_dot_js="",
        _dot_gitignore="data/made/\n.env*\n.cicd/\nlocal_*\ngen/\nvenv\ndist/\nconftest.py\n",
    )
    repository.git("init")
    return repository


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> set[str]:
    return {name for name in {*before, *now} if before.get(name) != now.get(name)}


@pytest.mark.parametrize(
    ("file", "elements"),
    [
        ("api/app.py", {"inputs"}),
        ("api/new.py", {"inputs"}),
        ("noxfile.py", {"inputs"}),
        ("uv.lock", {"inputs"}),
        ("data/listed", {"inputs"}),
        ("data/made/x", {"api:reads data"}),
        ("data/made/new", {"api:reads data"}),
        ("api/.env", {"api:file api/.env"}),
        (".env.local", {"api:file .env.local"}),
        ("api/local_settings.py", {"api:file api/local_settings.py"}),
        ("api/gen/v1/client.py", {"api:file api/gen/v1/client.py"}),
        ("api/new/local_x.py", {"api:file api/new/local_x.py"}),
        ("api/new/gen/v1/x.py", {"api:file api/new/gen/v1/x.py"}),
        ("api/src/local_x.py", {"api:file api/src/local_x.py"}),
        ("api/src/gen/x.py", {"api:file api/src/gen/x.py"}),
        ("api/new/dist/local_x.py", set()),
        ("new/local_x.py", set()),
        ("api/conftest.py", {"api:file api/conftest.py"}),
        ("conftest.py", {"api:file conftest.py"}),
        ("local_settings.py", set()),
        ("api/local_data.json", set()),
        ("api/gen/picture.py.png", set()),
        ("api/gen/venv/x.py", set()),
        ("api/dist/x.py", set()),
        ("web/local_x.py", set()),
        ("../ruff.toml", {"above ../ruff.toml"}),
        ("../../.npmrc", {"above ../../.npmrc", "at home .npmrc"}),
        ("../../.config/ruff/ruff.toml", {"at home .config/ruff/ruff.toml"}),
        ("web/app.js", set()),
        ("README.md", set()),
        (".cicd/new", set()),
    ],
)
def test_a_file_counts_under_one_name(made: Made, file: str, elements: set[str]) -> None:
    before = made.values()
    made.put(**{file: "changed"})
    assert changed(before, made.values()) == elements


def test_sources_that_ignored_links_lead_to_count(made: Made, tmp_path: Path) -> None:
    linked, further = tmp_path / "linked", tmp_path / "further"
    for folder in (linked / "inner", linked / "dist", further):
        folder.mkdir(parents=True)
    (linked / "further").symlink_to("../further")
    (further / "back").symlink_to("../linked")
    (made.root / "api" / "local_linked").symlink_to(linked)
    (made.root / "api" / "venv").symlink_to(linked)
    before = made.values()
    for path in (linked / "inner" / "x.py", further / "y.py"):
        path.write_text("1")
    for path in (linked / "picture", linked / "dist" / "x.py"):
        path.write_text("1")
    counted = {"api:file api/local_linked/inner/x.py", "api:file api/local_linked/further/y.py"}
    assert changed(before, made.values()) == counted


def test_sources_behind_many_ignored_files_count(made: Made) -> None:
    fill(made.root / "api" / "gen" / "a", 5500)
    made.put(api__gen__z__x_dot_py="1")
    assert "api:file api/gen/z/x.py" in made.values()


@pytest.mark.parametrize(
    ("told", "elements"),
    [
        ({"arguments": ("-x",)}, {"arguments"}),
        ({"session": "api_other"}, {"session"}),
        ({"noxfile": "other.py"}, {"noxfile"}),
        ({"python": "3.12"}, {"api:option python"}),
        ({"avoid": ("api/web",)}, {"api:option avoid"}),
        ({"environ": {"DEBUG": "1"}}, {"variable DEBUG"}),
        ({"environ": {"CI_NODE_INDEX": "2"}}, {"variable CI_NODE_INDEX"}),
        ({"environ": {"CICD_DATABASE": "local"}}, {"variable CICD_DATABASE"}),
        ({"environ": {"CICD_SHARD": "1/2"}}, {"variable CICD_SHARD"}),
        ({"environ": {"CI": "true"}}, {"variable CI"}),
        ({"environ": {"GITHUB_ACTIONS": "true"}}, {"variable GITHUB_ACTIONS"}),
    ],
)
def test_what_a_run_is_told_counts(made: Made, told: dict[str, Any], elements: set[str]) -> None:
    found = changed(made.values(), made.values(**told))
    # Which interpreter and which tools there are is another question, with its own tests.
    assert {name for name in found if name in elements or ":" not in name} == elements


def test_two_arguments_are_not_one(made: Made) -> None:
    assert made.values(arguments=("a", "b")) != made.values(arguments=("a b",))


OTHER = {str: "other", tuple: ("other",), bool: False, int: 7, float: 7.5, type(None): 7.5}


@pytest.mark.parametrize("part", [API, Frontend("web", name="web")])
def test_every_field_of_a_part_counts(part: Part) -> None:
    subject = Subject(session="x", verb="test", part=part, parts=(part,))
    before = option_elements(subject, part, DAY, DAY)
    for one in fields(part):
        value = getattr(part, one.name)
        other = OTHER.get(type(value), {"other": "2030-01-16"})
        changes: dict[str, Any] = {one.name: other}
        now = option_elements(subject, replace(part, **changes), DAY, DAY)
        assert f"option {one.name}" in changed(before, now), one.name


def test_values_of_variables_and_secrets_count_and_are_not_told() -> None:
    def told(value: object) -> Mapping[str, str]:
        part = replace(API, env={"PASSWORD": value})  # type: ignore[dict-item]
        subject = Subject(session="x", verb="test", part=part, parts=(part,))
        return option_elements(subject, part, DAY, DAY)

    for one, two in (("hunter2", "hunter3"), (Secret("hunter2"), Secret("hunter3"))):
        assert changed(told(one), told(two)) == {"option env"}
        assert "hunter" not in str(told(one))
    environ = {"TOKEN": "hunter2"}
    assert "hunter" not in str(variable_elements(environ, Path("/x")))


def test_the_day_counts_where_the_part_says_so() -> None:
    def told(part: Part, day: date) -> Mapping[str, str]:
        subject = Subject(session="x", verb="t", part=part, parts=())
        return option_elements(subject, part, day, day)

    next_day = date(2030, 1, 16)
    assert told(API, DAY) == told(API, next_day)
    today = replace(API, reuse="today")
    assert changed(told(today, DAY), told(today, next_day)) == {"today"}
    flaky = replace(API, quarantine={"test_x": "2030-01-16", "test_y": "2030-01-18"})
    over = changed(told(flaky, DAY), told(flaky, next_day))
    assert over == {"quarantine that is over"}
    assert told(flaky, next_day) == told(flaky, date(2030, 1, 17))


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process is fixed here")
@pytest.mark.parametrize("zone", ["XXX-14", "XXX+12"])
def test_a_quarantine_is_over_by_the_day_in_utc_and_today_is_the_day_here(
    made: Made, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    """In one of the zones it is another day, whenever this runs."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        here, utc = date.today(), datetime.now(UTC).date()
        day = max(here, utc).isoformat()
        values = made.values(replace(API, reuse="today", quarantine={"x": day}))
    finally:
        monkeypatch.undo()
        time.tzset()
    over = ["x"] if day <= utc.isoformat() else []
    assert values["api:today"] == here.isoformat()
    assert values["api:quarantine that is over"] == repr(over)


NOISE = """TERM=xterm TERM_PROGRAM=x COLORTERM=x PWD=/x OLDPWD=/x SHLVL=3 _=/x SHELL=/bin/zsh
SSH_AUTH_SOCK=/x SSH_CONNECTION=x SUDO_USER=x EDITOR=vi VSCODE_PID=1 TMUX=x WINDOWID=1
DBUS_SESSION_BUS_ADDRESS=x XDG_SESSION_ID=2 XDG_RUNTIME_DIR=/x INVOCATION_ID=x GITHUB_RUN_ID=1
PATH=/opt/bin HOME=/home/other USER=other VIRTUAL_ENV=/x CI_JOB_ID=1 CI_COMMIT_SHA=x BUILD_ID=7
BUILDKITE_BUILD_NUMBER=7 JOB_NAME=x GITHUB_RUN_ATTEMPT=2 GITHUB_SHA=x GITHUB_REF=x
GITHUB_TOKEN=x RUNNER_NAME=x
ACTIONS_RUNTIME_TOKEN=x NOXSESSION=x CICD_RUN=x CICD_CACHE=read CICD_CACHE_DIR=/x"""


def test_noise_in_the_environment_does_not_count() -> None:
    plain = {"A": "1", "B": "2"}
    noise = dict(one.split("=", 1) for one in NOISE.split())
    before = variable_elements(plain, Path("/x"))
    assert dict(variable_elements({**noise, **dict(reversed(plain.items()))}, Path("/x"))) == before


def test_a_variable_that_leads_into_the_repository_is_the_same_in_another_folder() -> None:
    def told(root: str) -> Mapping[str, str]:
        return variable_elements(
            {"PYTHONPATH": f"{root}/lib:/lib:{root}", "CFLAGS": f"-I{root}/x"}, Path(root)
        )

    assert told("/home/one/shop") == told("/builds/2/shop")


@pytest.mark.parametrize("value", ["{}-data", "{}.old", "/x{}", "{}2/x:{}"])
def test_a_folder_beside_the_repository_is_not_the_repository(value: str) -> None:
    def told(root: str) -> Mapping[str, str]:
        return variable_elements({"DATA": value.format(root, root)}, Path(root))

    assert told("/w/a") != told("/w/b")


def test_time_and_place_and_commits_do_not_count(made: Made, tmp_path: Path) -> None:
    before = made.values()
    os.utime(made.root / "api" / "app.py", (1, 1))
    assert made.values() == before
    made.git("add", ".")
    made.git("commit", "-m", "the same content")
    assert made.values() == before
    there = Made(tmp_path / "home" / "other" / "place")
    there.root.mkdir(parents=True)
    there.git("clone", str(made.root), ".")
    there.put(data__made__x="1")
    assert there.values() == before


def test_the_key_is_that_of_all_elements(made: Made) -> None:
    values = made.values()
    keys = {Elements({**values, name: "another"}).key for name in values}
    assert len({*keys, Elements(values).key}) == len(values) + 1


def test_a_part_that_is_never_reused_says_so(made: Made) -> None:
    taken = made.take(replace(API, reuse=False))
    assert isinstance(taken, Unknown)
    assert "reuse=False: api_test always runs" in taken.reason


def a_pipe(made: Made) -> None:
    os.mkfifo(made.root / "api" / "pipe.py")
    (made.root / "api" / "link.py").symlink_to("pipe.py")


def no_git(made: Made) -> None:
    (made.root / ".git").rename(made.root / "git")


def fill(folder: Path, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / str(number)).touch()


def too_much(made: Made) -> None:
    (made.root / "data" / "made" / "x").unlink()
    fill(made.root / "data" / "made", 6000)


def too_much_ignored(made: Made) -> None:
    fill(made.root / "api" / "gen" / "pictures", 51_000)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (a_pipe, "api/link.py: it is no file"),
        (no_git, "git does not list the files here: fatal: not a git repository"),
        (too_much, 'reads="data": there is more in it than is read'),
        (
            too_much_ignored,
            "git ignores api/gen, and there is more in it than is looked through",
        ),
    ],
)
def test_what_cannot_be_known_makes_it_run(
    made: Made, change: Callable[[Made], None], reason: str
) -> None:
    change(made)
    taken = made.take()
    assert isinstance(taken, Unknown)
    assert reason in taken.reason


class Installed(metadata.Distribution):
    """A package as pip would have left it."""

    def __init__(self, version: str = "1", record: str = "") -> None:
        self._texts = {"METADATA": f"Name: x\nVersion: {version}\n", "RECORD": record}

    def read_text(self, filename: str) -> str | None:
        return self._texts.get(filename)

    def locate_file(self, path: Any) -> Any:
        return Path("site-packages") / path


@pytest.mark.parametrize("package", ["nox-cicd", "nox", "uv"])
def test_the_versions_of_what_runs_it_count(package: str) -> None:
    def find(name: str) -> metadata.Distribution:
        return Installed("2" if name == package else "1", "cicd/a.py,sha256=x,1")

    before = our_elements(lambda name: Installed("1", "cicd/a.py,sha256=x,1"))
    now = our_elements(find)
    assert not isinstance(before, Unknown) and not isinstance(now, Unknown)
    assert changed(before, now) == {package.removeprefix("nox-")}


def test_the_platform_and_its_c_library_count() -> None:
    before = our_elements(platform=lambda: {"system": "Linux", "libc": "other"})
    now = our_elements(platform=lambda: {"system": "Linux", "libc": "glibc 2.36"})
    assert not isinstance(before, Unknown) and not isinstance(now, Unknown)
    assert changed(before, now) == {"libc"}


def test_the_time_zone_and_privileges_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> Mapping[str, str]:
        found = our_elements(zone=read_zone)
        assert not isinstance(found, Unknown)
        return found

    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    user = told()
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert changed(user, told()) == {"runs as root"}
    monkeypatch.delattr(os, "geteuid")
    assert changed(user, told()) == {"runs as root"} and "runs as root" not in told()
    monkeypatch.setattr(time, "timezone", time.timezone + 3600)
    assert changed(user, told()) == {"runs as root", "time zone"}


def test_without_a_version_of_ours_it_runs() -> None:
    def find(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    assert isinstance(our_elements(find), Unknown)


def test_code_of_ours_that_is_worked_on_counts(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    path = tmp_path / "inner" / "a.py"
    path.write_text("1")
    before = code_of(Installed(), tmp_path)
    path.write_text("2")
    os.utime(path, ns=(1, 1))
    assert code_of(Installed(), tmp_path) != before


def test_code_of_ours_that_was_installed_counts_by_its_list(tmp_path: Path) -> None:
    def told(record: str) -> str:
        return code_of(Installed(record=record), tmp_path)

    pip = "nox_cicd-1.dist-info/INSTALLER,sha256=pip,4\ncicd/__pycache__/a.cpython-311.pyc,,\n"
    assert told("cicd/a.py,sha256=x,1\n") == told(f"{pip}cicd/a.py,sha256=x,1\n")
    assert told("cicd/a.py,sha256=x,1\n") != told("cicd/a.py,sha256=y,1\n")


def test_what_is_declared_is_among_the_inputs_as_far_as_git_lists_it(made: Made) -> None:
    snapshot = take_snapshot(made.root, {})
    names = input_names(snapshot, Subject(session="x", verb="test", part=API, parts=(API,)))
    assert "data/listed" in names and "data/made/x" not in names
    assert {"api/.env", ".env"} <= set(ignored_settings(API))


@pytest.mark.parametrize("folder", ["venv", ".git", "node_modules"])
def test_a_folder_that_runs_write_counts_where_it_is_declared_itself(
    made: Made, tmp_path: Path, folder: str
) -> None:
    inner = tmp_path / "data" / folder
    inner.mkdir(parents=True)
    part = replace(API, reads=(str(inner.parent), str(inner)))
    before = made.values(part)
    (inner / "n.txt").write_text("1")
    assert changed(before, made.values(part)) == {f"api:reads {inner}"}


def test_a_session_of_somebodys_own_hangs_on_every_file_and_part(made: Made) -> None:
    parts = (API, Frontend("web", name="web", package_manager="npm"))
    before = made.values(None, parts=parts)
    made.put(web__app_dot_js="changed")
    after = made.values(None, parts=parts)
    assert changed(before, after) == {"inputs"}
    assert {"api:option reads", "web:option reads"} <= set(before)


@pytest.mark.parametrize(
    ("file", "elements"),
    [
        ("tools/local_x.py", {"file tools/local_x.py"}),
        ("tools/gen/x.py", {"file tools/gen/x.py"}),
        ("web/local_x.ts", {"file web/local_x.ts"}),
        ("local_x.py", {"file local_x.py"}),
        ("tools/.env", {"file tools/.env"}),
        ("api/gen/x.py", {"api:file api/gen/x.py"}),
        ("tools/local_x.json", set()),
        ("tools/venv/x.py", set()),
    ],
)
def test_ignored_sources_of_all_folders_count_once_for_a_session_of_somebodys_own(
    made: Made, file: str, elements: set[str]
) -> None:
    made.put(tools__inner__check_dot_py="")
    before = made.values(None, parts=(API,))
    made.put(**{file: "changed"})
    assert changed(before, made.values(None, parts=(API,))) == elements


def test_what_a_frontend_imports_from_beside_it_is_among_its_inputs(made: Made) -> None:
    made.put(web__app_dot_js="import '../shared/x.js'", web__package_dot_json="{}")
    made.put(shared__x_dot_js="1")
    part = Frontend("web", name="web", package_manager="npm")
    before = made.values(part)
    made.put(shared__x_dot_js="2")
    assert changed(before, made.values(part)) == {"inputs"}


def test_what_is_found_in_a_part_is_found_anew_when_it_changes(made: Made) -> None:
    part = Backend("api", name="api", postgres=None)
    first = made.values(part)["api:option pythons"]
    assert made.values(part)["api:option pythons"] == first
    made.put(**{"api/.python-version": "3.12\n"})
    assert made.values(part)["api:option pythons"] != first
    (made.root / "api" / ".python-version").unlink()
    assert made.values(part)["api:option pythons"] == first


def test_what_somebody_gave_is_not_written_down(made: Made) -> None:
    made.values(replace(API, env={"TOKEN": "hunter2"}))
    kept = [path.read_text() for path in (made.root / ".cicd").rglob("*.json")]
    assert kept and "hunter2" not in str(kept)


OUTSIDE = {
    "../stubs/x.pyi": ("api/pyproject.toml", 'mypy_path = "../../stubs"'),
    "../ruff/ruff.toml": ("api/ruff.toml", 'extend = "../../ruff/ruff.toml"'),
    "../libs/common/common/x.py": ("api/x.toml", 'common = {path = "../../libs/common"}'),
    "../ts/base.json": ("api/tsconfig.json", '{"extends": "../../ts/base"}'),
}


@pytest.mark.parametrize("file", OUTSIDE)
def test_what_settings_name_outside_of_the_root_counts(made: Made, file: str) -> None:
    setting, text = OUTSIDE[file]
    made.put(**{setting: text, file: "1"})
    before = made.values()
    made.put(**{file: "2"})
    found = changed(before, made.values())
    assert len(found) == 1 and min(found).startswith("api:outside ../")
    made.put(**{"../stubs/x.egg-info/PKG-INFO": "", "../libs/common/build/x.py": ""})
    made.put(**{"../libs/common/.tool/x": "", "../unnamed/x.py": ""})
    assert changed(before, made.values()) == found


def test_what_is_named_by_what_lies_outside_counts_as_well(made: Made) -> None:
    made.put(**{"api/ruff.toml": 'extend = "../../a/ruff.toml"'})
    made.put(**{"../a/ruff.toml": 'extend = "../b.toml"', "../b.toml": 'extend = "./c.toml"'})
    made.put(**{"../c.toml": "1", "api/x.toml": '{path = "../../libs/x"}'})
    made.put(**{"../libs/x/pyproject.toml": '{path = "../y"}', "../libs/y/y.py": "1"})
    before = made.values()
    made.put(**{"../c.toml": "2", "../libs/y/y.py": "2"})
    assert changed(before, made.values()) == {"api:outside ../c.toml", "api:outside ../libs/y"}


def test_what_is_known_is_told_where_a_required_session_is_not_known(made: Made) -> None:
    part = replace(API, reuse=False)
    other = Subject(session="x", verb="test", part=part, parts=(part,))
    own = Subject(session="own", verb="own", part=None, parts=(), requires=(other,))
    found = take_key(take_snapshot(made.root, {"DEBUG": "1"}), own, ())
    assert isinstance(found, Unknown) and {"inputs", "variable DEBUG"} <= set(found.known)


def test_a_pattern_of_what_lies_around_the_root_names_nothing(made: Made) -> None:
    before = set(made.values())
    made.put(**{"api/.eslintrc.json": '{"patterns": ["../*", "../../*", "../../../*"]}'})
    assert set(made.values()) == before


def test_too_much_outside_makes_it_run(made: Made) -> None:
    made.put(**{"api/ruff.toml": 'extend = "../../libs"'})
    for number in range(6000):
        made.put(**{f"../libs/{number}": ""})
    taken = made.take()
    assert isinstance(taken, Unknown)
    assert "../libs, which settings or variables name: there is more in it" in taken.reason


@pytest.mark.parametrize("variable", ["MYPYPATH", "PYTHONPATH"])
def test_the_folders_in_which_modules_are_looked_for_count(made: Made, variable: str) -> None:
    there = made.root.parent / "there"
    environ = {variable: f"{there}:{made.root}/web:../../lib::{made.root}/../near"}
    made.put(**{"../there/x.py": "1", "../lib/x.py": "1", "../near/x.py": "1", "web/x.py": "1"})
    before = made.values(environ=environ)
    made.put(**{"../there/x.py": "2", "../lib/x.py": "2", "../near/x.py": "2", "web/x.py": "2"})
    found = changed(before, made.values(environ=environ))
    names = {f"api:outside {there}", "api:outside ../lib", "api:outside ../near"}
    assert found == {*names, "inputs"}
    made.put(**{"web/app.js": "not Python"})
    assert changed(before, made.values(environ=environ)) == found


def test_our_own_folders_in_them_do_not_count(made: Made) -> None:
    ours = os.path.join(os.path.dirname(cicd.__file__), "backend", "drivers", "watch")
    made.put(**{".cicd/affected/x.py": ""})
    found = made.values(environ={"PYTHONPATH": f"{ours}:{made.root}/.cicd/affected"})
    assert not [name for name in found if "outside" in name]


def test_a_folder_around_the_root_counts_without_it(made: Made) -> None:
    environ = {"PYTHONPATH": str(made.root.parent)}
    before = made.values(environ=environ)
    made.put(**{"web/app.js": "2"})
    assert changed(before, made.values(environ=environ)) == set()
    made.put(**{"../x.py": "2"})
    found = changed(before, made.values(environ=environ))
    assert found == {f"api:outside {made.root.parent}"}
