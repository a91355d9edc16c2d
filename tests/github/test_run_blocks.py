"""Nothing that comes from elsewhere is executed by a script of our workflows."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.github.run_blocks import Executed, RunBlock, execute, run_blocks

FILES = [*sorted((ROOT / ".github").rglob("*.y*ml")), ROOT / "action.yml"]
BLOCKS = [block for path in FILES for block in run_blocks(path)]
HOSTILE = (
    "main'; touch pwned; '",
    'main"; touch pwned; "',
    "main; touch pwned",
    "main && touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    "${HOME:=$(touch pwned)}",
    "main\ntouch pwned\n",
    "main\nverdict=forged\n",
    "main\n::error::forged\n",
    "main\n::stop-commands::forged\n",
    "<(touch pwned)",
    "| touch pwned",
    "> pwned",
    "-f pwned",
    "* ?(*) [a-z]",
    "a[$(touch pwned)]",
    "true success success",
    "\\",
    "",
)
SAFE = {
    "FAN_OUT": "true",
    "PLAN": "success",
    "SESSION": "success",
    "INSTALL": "nox[uv]",
    "SESSIONS": "backend_test frontend_test",
}


def named(blocks: Sequence[RunBlock]) -> list[object]:
    return [pytest.param(block, id=block.name) for block in blocks]


def hostile(block: RunBlock, name: str, value: str) -> dict[str, str]:
    return {**{other: SAFE.get(other, "value") for other in block.inputs}, name: value}


def test_there_are_scripts() -> None:
    assert len(BLOCKS) >= 5
    assert any(block.inputs for block in BLOCKS)


@pytest.mark.parametrize("block", named(BLOCKS))
def test_no_script_holds_an_expression(block: RunBlock) -> None:
    assert block.expressions == []


@pytest.mark.parametrize("block", named(BLOCKS))
def test_a_script_succeeds_and_only_starts_what_it_is_for(block: RunBlock, tmp_path: Path) -> None:
    given = {name: SAFE.get(name, "value") for name in block.inputs}
    done = execute(block, tmp_path, given)
    assert done.code == 0, done.printed
    assert done.written == {} and done.left == set()
    for program, *arguments in done.called:
        if program == "nox":
            assert arguments[0] == "-s"
        else:
            assert (program, arguments[:3]) == ("python3", ["-m", "pip", "install"])


@pytest.mark.parametrize("nothing", ["", " ", "\n"])
@pytest.mark.parametrize("block", named([one for one in BLOCKS if "SESSIONS" in one.inputs]))
def test_without_the_name_of_a_session_it_is_red(
    block: RunBlock, nothing: str, tmp_path: Path
) -> None:
    done = execute(block, tmp_path, {"SESSIONS": nothing})
    assert done.code and done.called == []
    assert "no session is named" in done.printed


@pytest.mark.parametrize("block", named([block for block in BLOCKS if block.inputs]))
def test_nothing_that_comes_in_is_executed(block: RunBlock, tmp_path: Path) -> None:
    assert harms(block, tmp_path) == []


@pytest.mark.parametrize(
    "script",
    [
        'eval "nox -s $SESSIONS"',
        "nox -s $SESSIONS",
        'echo "$SESSIONS"',
        'echo "sessions=$SESSIONS" >> "$GITHUB_OUTPUT"',
        'echo "SESSIONS=$SESSIONS" >> "$GITHUB_ENV"',
        'bash -c "nox -s $SESSIONS"',
        '[[ "$SESSIONS" -eq 1 ]] || exit 0',
    ],
)
def test_a_careless_script_is_found(script: str, tmp_path: Path) -> None:
    block = RunBlock("careless", script, "bash", {"SESSIONS": "${{ inputs.session }}"})
    assert harms(block, tmp_path) != []


def test_an_expression_in_a_script_is_found() -> None:
    assert RunBlock("", "echo ${{ github.ref }}", "bash", {}).expressions == ["${{ github.ref }}"]


def harms(block: RunBlock, folder: Path) -> list[str]:
    """What hostile values in each variable of this script bring about."""
    given = {other: SAFE.get(other, "value") for other in block.inputs}
    found = []
    for name in block.inputs:
        for number, value in enumerate(HOSTILE):
            done = execute(block, folder / f"{name}-{number}", {**given, name: value})
            own = (block.script, value, *given.values())
            found += [f"{name}={value!r}: {harm}" for harm in _harms(done, own)]
    return found


def _harms(done: Executed, own: Sequence[str]) -> Iterator[str]:
    """`own` is what the words of command lines may come from."""
    yield from (f"left {name}" for name in done.left)
    yield from (f"wrote {text!r} to {name}" for name, text in done.written.items())
    yield from (f"printed {line}" for line in done.printed.splitlines() if line[:2] == "::")
    for word in (word for call in done.called for word in call):
        if not any(word in text for text in own):
            yield f"gave {word!r} to a program"
