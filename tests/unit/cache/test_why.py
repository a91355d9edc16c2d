import pytest

from cicd.cache.why import count_changes, render_changes

FILES = {"app.py": "100644 a", "old.py": "100644 b"}


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"uv": "0.8.1"}, {"uv": "0.9"}, "uv 0.8.1 → 0.9"),
        ({".:python": "CPython 3.12.1"}, {".:python": "CPython 3.13.0"}, None),
        ({"api:python": "3.12.1"}, {"api:python": "3.12.2"}, "python 3.12.1 → 3.12.2"),
        ({"variable TZ": "0011"}, {"variable TZ": "2233"}, "variable TZ changed"),
        ({}, {"variable TZ": "2233"}, "variable TZ is set"),
        ({"variable TZ": "2233"}, {}, "variable TZ is not set"),
        ({"arguments": ""}, {"arguments": "-k\0word"}, "other arguments after `--`"),
        (
            {"requires api_build": "1"},
            {"requires api_build": "2"},
            "what decides api_build changed",
        ),
        ({"api:option coverage": "80"}, {"api:option coverage": "85"}, "option coverage 80 → 85"),
        ({"api:option env": "A=1"}, {"api:option env": "A=2"}, "option env changed"),
        ({"api:today": "2026-11-22"}, {"api:today": "2026-11-23"}, None),
        ({}, {"api:installed x": "1.0"}, "installed x is new"),
        ({"api:installed x": "1.0"}, {}, "installed x is gone"),
    ],
)
def test_what_changed_is_told_by_its_name(
    before: dict[str, str], now: dict[str, str], said: str | None
) -> None:
    if said is None:
        (name,), (old,), (new,) = now, before.values(), now.values()
        said = f"{name.partition(':')[2]} {old} → {new}"
    same = {"session": "api_test", "machine": "x86_64"}
    assert render_changes({**same, **before}, {**same, **now}, {}, {}) == said
    assert count_changes({**same, **before}, {**same, **now}) == 1


@pytest.mark.parametrize("value", ["hunter2", "1234567890", "0a1b2c3d", "postgres://u:p@h/d", ""])
def test_a_value_that_may_be_a_secret_is_not_told(value: str) -> None:
    told = render_changes({"api:option x": value}, {"api:option x": "other"}, {}, {})
    assert told == "option x changed"


def test_parts_are_told_where_there_are_several() -> None:
    before = {"api:python": "3.12", "web:node": "20.1"}
    now = {"api:python": "3.13", "web:node": "20.1"}
    assert render_changes(before, now, {}, {}) == "api:python 3.12 → 3.13"


def test_files_are_told_one_by_one_and_come_first() -> None:
    now = {"app.py": "100755 a", "new\n.py": "100644 c", "same": "1"}
    told = render_changes(
        {"inputs": "1", "uv": "0.8"}, {"inputs": "2", "uv": "0.9"}, {**FILES, "same": "1"}, now
    )
    assert told == r"app.py changed · new\n.py is new · old.py removed · uv 0.8 → 0.9"


def test_many_files_are_counted() -> None:
    now = {f"file{number:02}": "1" for number in range(50)}
    told = render_changes({"inputs": "1"}, {"inputs": "2"}, {"file00": "1"}, now)
    assert told.startswith("file01 is new · file02 is new · ")
    assert told.endswith("file10 is new · and 39 more files")


def test_files_whose_list_is_gone_are_told_as_such() -> None:
    told = render_changes({"inputs": "1"}, {"inputs": "2"}, {}, FILES)
    assert told == "its files changed, and which of them is no longer known"


def test_names_cannot_command_the_terminal() -> None:
    told = render_changes({}, {"variable \x1b[31m": "1"}, {}, {})
    assert told == r"variable \x1b[31m is set"


def test_a_declared_file_that_is_an_input_is_told_once() -> None:
    before, now = {"inputs": "1", "api:reads app.py": "1"}, {"inputs": "2", "api:reads app.py": "2"}
    assert render_changes(before, now, {"app.py": "1"}, {"app.py": "2"}) == "app.py changed"
    only = {"api:reads /etc/rates": "1"}, {"api:reads /etc/rates": "2"}
    assert render_changes(*only, {"app.py": "1"}, {"app.py": "1"}) == "reads /etc/rates 1 → 2"
