"""What steps tell of what decides a verdict."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from cicd.config.parts import Backend, Frontend
from cicd.errors import SettingsError
from cicd.steps.noting import Noted, note, note_inputs, note_part
from cicd.steps.work import Work
from cicd.system.content import read_contents


@dataclass
class Place:
    root: Path


@dataclass
class Surrounding:
    """As much of a `Work` as these need."""

    place: Place
    noted: Noted = field(default_factory=Noted)


def surroundings(root: Path) -> Work:
    return cast(Work, Surrounding(Place(root)))


def test_the_values_of_two_parts_stand_side_by_side_and_each_once() -> None:
    known: dict[str, str] = {}
    for version in ("3.12.1", "3.13.0", "3.12.1"):
        note(known, {"python": version})
    assert known == {"python": "3.12.1, 3.13.0"}


def test_a_value_with_a_comma_stands_once() -> None:
    known = {"node": ">=18, <21"}
    note(known, {"node": ">=18, <21"})
    assert known == {"node": ">=18, <21"}


def test_of_variables_the_names_are_kept_and_no_value(tmp_path: Path) -> None:
    ours = surroundings(tmp_path)
    note_part(ours, Backend("api", name="api", env={"TOKEN": "hunter2"}, workers=4, tests="pytest"))
    assert ours.noted.options["env"] == "TOKEN"
    assert "hunter2" not in str(ours.noted)
    assert not {"workers", "name", "path"} & set(ours.noted.options)


def test_options_of_a_second_part_have_its_name(tmp_path: Path) -> None:
    ours = surroundings(tmp_path)
    for _ in range(2):
        note_part(ours, Backend("api", name="api", tests="pytest"))
        note_part(ours, Frontend("web", name="web", test="vitest"))
    assert (ours.noted.options["tests"], ours.noted.options["web.test"]) == ("pytest", "vitest")


def test_inputs_are_those_of_the_scope_and_else_every_file(tmp_path: Path) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(name)

    def refuse(work: Work) -> frozenset[str]:
        raise SettingsError("the session will say it")

    found = []
    for scope in (None, lambda work: ["a.py"], refuse):
        ours = surroundings(tmp_path)
        note_inputs(ours, scope, read_contents(tmp_path))
        found.append((sorted(ours.noted.files), ours.noted.inputs))
    assert [names for names, _ in found] == [["a.py", "b.py"], ["a.py"], ["a.py", "b.py"]]
    assert found[0] == found[2] != found[1]
