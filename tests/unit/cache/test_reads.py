"""What is made of the notes that watched tests left."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from cicd.cache.reads import Ground, Noticed, parse_notes, undeclared

ROOT = Path("/code/shop")
INPUTS = ("backend/app.py", "backend/tests/test_app.py", "uv.lock")
OTHERS = ("shared/schema.json", "README.md", "frontend/package.json")


def ground(*declared: str, ignored: Sequence[str] = (), known: Sequence[str] = ()) -> Ground:
    def ask(paths: Sequence[str]) -> Iterable[str]:
        return [path for path in paths if path in ignored]

    return Ground(
        root=ROOT,
        inputs=frozenset(INPUTS),
        names=(*INPUTS, *OTHERS),
        declared=declared,
        known=frozenset(known),
        ignored=ask,
    )


def test_inputs_and_what_tools_keep_for_themselves_may_be_read() -> None:
    fine = (
        "backend/app.py",
        "uv.lock",
        "backend/.pytest_cache/v/cache/lastfailed",
        "backend/shop.egg-info/PKG-INFO",
        "frontend/node_modules/react/index.js",
        ".cicd/environments/backend-3.13/pyvenv.cfg",
    )
    assert undeclared(Noticed(read=tuple(f"{ROOT}/{name}" for name in fine)), ground()) == ""


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/code/shop/shared/schema.json", "shared/schema.json"),
        ("/code/shop/frontend/package.json", "frontend/package.json"),
        ("/code/shop/backend/secret.ini", "backend/secret.ini"),
        ("/code/other/data.csv", "../other/data.csv"),
        ("/home/me/.config/app.toml", "/home/me/.config/app.toml"),
        ("/code/shopping/list.txt", "../shopping/list.txt"),
    ],
)
def test_any_other_file_is_told_with_what_declares_it(path: str, told: str) -> None:
    noticed = Noticed(read=(path,))
    assert undeclared(noticed, ground()) == (
        f"the tests read {told}, which is not among the inputs: "
        f'declare it with reads=("{told}",)'
    )
    assert undeclared(noticed, ground(told)) == ""


def test_a_declared_folder_covers_what_is_in_it_and_no_neighbour() -> None:
    noticed = Noticed(read=(f"{ROOT}/shared/schema.json", f"{ROOT}/shared-too/a.json"))
    assert "shared-too/a.json" in undeclared(noticed, ground("shared"))
    assert "schema.json" not in undeclared(noticed, ground("shared"))


@pytest.mark.parametrize("folder", ["venv", ".git", "deep/node_modules/x", "__pycache__"])
def test_a_declared_folder_does_not_cover_what_is_not_read_in_it(folder: str) -> None:
    inner = f"/data/{folder}"
    noticed = Noticed(read=(f"{inner}/n.txt",))
    assert f'reads=("{inner}/n.txt",)' in undeclared(noticed, ground("/data"))
    assert inner in undeclared(Noticed(listed=(inner,)), ground("/data"))
    assert undeclared(noticed, ground("/data", inner)) == ""


def test_five_paths_are_named_and_the_others_counted() -> None:
    read = tuple(f"/data/{number}/a" for number in range(7))
    said = undeclared(Noticed(read=read), ground())
    assert "/data/4/a and 2 more, which are not among the inputs: declare them with" in said
    assert "/data/5" not in said


def test_many_files_of_a_folder_are_told_as_the_folder_unless_inputs_lie_there() -> None:
    foreign = tuple(f"{ROOT}/shared/{number}.json" for number in range(9))
    own = tuple(f"{ROOT}/backend/{number}.ini" for number in range(3))
    said = undeclared(Noticed(read=(*foreign, *own)), ground())
    assert 'reads=("backend/0.ini", "backend/1.ini", "backend/2.ini", "shared")' in said


def test_a_list_is_fine_where_everything_in_it_is_an_input() -> None:
    assert undeclared(Noticed(listed=(f"{ROOT}/backend", f"{ROOT}/backend/tests")), ground()) == ""


@pytest.mark.parametrize("folder", ["", "/shared", "/backend/uploads"])
def test_a_list_that_shows_more_is_told(folder: str) -> None:
    noticed = Noticed(listed=(f"{ROOT}{folder}",))
    told = folder.removeprefix("/") or "."
    assert f'reads=("{told}",)' in undeclared(noticed, ground())
    assert undeclared(noticed, ground(told)) == ""


def test_the_list_of_what_a_build_made_is_fine_and_what_is_read_there_is_told() -> None:
    made = f"{ROOT}/backend/dist"
    assert undeclared(Noticed(listed=(made, f"{made}/assets")), ground()) == ""
    assert "backend/dist/a.js" in undeclared(Noticed(read=(f"{made}/a.js",)), ground())


def test_a_file_that_is_not_there_counts_where_git_would_not_see_it_appear() -> None:
    seen, hidden, outside = f"{ROOT}/backend/setup.cfg", f"{ROOT}/backend/x.local", "/home/me/x"
    said = undeclared(Noticed(absent=(seen, hidden, outside)), ground(ignored=(hidden,)))
    assert said.endswith('reads=("/home/me/x", "backend/x.local")')


def test_files_that_the_key_counts_though_git_does_not_list_them_may_be_read() -> None:
    known = f"{ROOT}/backend/.env"
    assert undeclared(Noticed(read=(known,)), ground(known=(known,))) == ""


def test_programs_and_hosts_are_told_with_the_way_out() -> None:
    noticed = Noticed(programs=("/usr/bin/git",), hosts=("api.example.com:443",))
    assert undeclared(noticed, ground()) == (
        "the tests start /usr/bin/git, which is a program whose reads are not seen: "
        'reads=("/usr/bin/git",) vouches for it; '
        "the tests ask the network for api.example.com:443: "
        "reuse=False says that they always run"
    )
    assert "git" not in undeclared(noticed, ground("/usr/bin/git"))


def test_what_the_run_made_before_it_was_read_is_left_out() -> None:
    text = (
        "V\t12\t11\tpython\t-m\n"
        "R\tthere\t/r/old\n"
        "W\t/r/old\n"
        "W\t/r/out\n"
        "R\tthere\t/r/out/a/b\n"
        "L\t/r/out\n"
        "R\tabsent\t/r/none\n"
        "N\thost\t80\n"
        "P\t/bin/sh\n"
        "R\tthere\t/r/cut"
    )
    assert parse_notes(text) == Noticed(
        watched=((11, "python"),),
        read=("/r/old",),
        absent=("/r/none",),
        hosts=("host:80",),
        programs=("/bin/sh",),
    )


def test_odd_names_come_through() -> None:
    assert parse_notes("R\tthere\t/a\\tb\\nc\\\\n\n").read == ("/a\tb\nc\\n",)


@pytest.mark.parametrize("line", ["", "V\tx\ty\tz", "R\t/a", "Q\t/a", "V\t1"])
def test_a_damaged_note_makes_the_run_an_unwatched_one(line: str) -> None:
    assert parse_notes(f"{line}\n").unwatched == ("a note of what it read is damaged",)
