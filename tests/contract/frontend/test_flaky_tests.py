"""Tests that are run again and tests in quarantine, with the real jest and vitest."""

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.contract.frontend.conftest import TOOLS, make_part, write_manifest
from tests.contract.frontend.test_tools import SCRIPTS

from cicd.config.parts import Frontend
from cicd.errors import SettingsError
from cicd.frontend.tests import run_tests
from cicd.frontend.toolchain import Toolchain
from cicd.model import AGAIN, Outcome, Unsteady
from cicd.system.place import Place

pytestmark = pytest.mark.network
Run = Callable[..., Outcome]
TODAY = date(2026, 11, 23)
LATER = "2026-11-24"
TEST = """\
{imports}
import fs from "node:fs";
describe("a basket (of books)", () => {{
  test("fails at first", () => {{
    const first = !fs.existsSync("been-here");
    fs.writeFileSync("been-here", "");
    expect(first).toBe(false);
  }});
  test("passes", () => {{
    expect(1 + 1).toBe(2);
  }});
}});
"""
NAME = "basket.test.js::a basket (of books) fails at first"
BROKEN = """\
{imports}
test("fails", () => {{
  expect(1 + 1).toBe(3);
}});
"""


@pytest.fixture(params=["jest", "vitest"])
def tool(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def write(web: Path, tool: str) -> Callable[[str, str], None]:
    def write(name: str, text: str) -> None:
        names = ", ".join(("describe", "test", "expect"))
        module = "@jest/globals" if tool == "jest" else "vitest"
        imports = f'import {{ {names} }} from "{module}";'
        (web / name).write_text(text.format(imports=imports))

    return write


@pytest.fixture
def run(
    place: Place, web: Path, tool: str, open_toolchain: Callable[[Place, Frontend], Toolchain]
) -> Run:
    def run(arguments: tuple[str, ...] = (), script: str = "", **fields: Any) -> Outcome:
        scripts = {"test": script or SCRIPTS[tool]}
        extra = {name: fields.pop(name) for name in ("posttest",) if name in fields}
        manifest = {**scripts, **extra}
        write_manifest(web, type="module", scripts=manifest, devDependencies=TOOLS)
        part = make_part(**fields)
        toolchain = open_toolchain(place, part)
        return run_tests(place, part, toolchain, arguments=arguments, today=TODAY)

    return run


def test_a_test_that_passes_when_it_is_run_again_is_flaky(
    run: Run, write: Callable[[str, str], None], place: Place
) -> None:
    write("basket.test.js", TEST)
    outcome = run(retries=1)
    assert outcome.passed, outcome
    told = Unsteady(test=f"web ü/{NAME}", kind="flaky", result=AGAIN)
    assert outcome.unsteady == (told,) and outcome.forgives
    assert outcome.metrics["flaky"] == 1 and outcome.metrics["passed"] == 2
    assert outcome.headline.startswith("2 tests · 1 flaky")
    assert "flakyFailure" in (place.reports / "junit.xml").read_text()


def test_without_retries_and_where_it_keeps_failing_it_is_red(
    run: Run, write: Callable[[str, str], None], web: Path
) -> None:
    write("basket.test.js", TEST)
    red = run()
    assert [failure.test for failure in red.failures] == [f"web ü/{NAME}"]
    (web / "been-here").unlink()
    write("broken.test.js", BROKEN)
    outcome = run(retries=2)
    assert not outcome.passed and [one.kind for one in outcome.unsteady] == ["flaky"]
    assert [failure.title for failure in outcome.failures] == ["fails"]


def test_a_file_that_could_be_run_only_later_is_counted_with_its_tests(
    run: Run, write: Callable[[str, str], None]
) -> None:
    late = 'import fs from "node:fs";\nif (!fs.existsSync("been")) {{\n'
    late += '  fs.writeFileSync("been", "");\n  throw new Error("not yet");\n}}\n'
    write(
        "late.test.js",
        TEST.replace('import fs from "node:fs";\n', late)
        .replace("(first)", "(first && 0)")
        .replace("toBe(false)", "toBeFalsy()"),
    )
    write("sure.test.js", BROKEN.replace("3", "2"))
    outcome = run(retries=1)
    assert outcome.passed, outcome
    assert outcome.metrics["tests"] == 3
    assert [one.test for one in outcome.unsteady] == ["web ü/late.test.js"]


def test_a_quarantined_test_does_not_decide_until_its_day(
    run: Run, write: Callable[[str, str], None], web: Path, place: Place
) -> None:
    write("basket.test.js", TEST)
    outcome = run(quarantine={NAME: LATER})
    assert outcome.passed and outcome.forgives, outcome
    told = Unsteady(test=f"web ü/{NAME}", kind="quarantined", result="failed", until=LATER)
    assert outcome.unsteady == (told,)
    assert "1 failed in quarantine" in outcome.headline
    assert '<skipped message="in quarantine"' in (place.reports / "junit.xml").read_text()
    (web / "been-here").unlink()
    over = run(quarantine={f"web ü/{NAME}": "2026-11-23"})
    assert not over.passed and [one.kind for one in over.unsteady] == ["overdue"]


def test_an_entry_without_a_test_is_an_error_with_the_one_that_was_meant(
    run: Run, write: Callable[[str, str], None]
) -> None:
    write("basket.test.js", TEST)
    outcome = run(quarantine={NAME: LATER, f"{NAME}!": LATER})
    assert not outcome.passed
    (failure,) = outcome.failures
    assert failure.title == f"quarantine: no test {NAME}! was found"
    assert failure.fix == f'did you mean "{NAME}"?'


def test_what_else_is_wrong_is_not_hidden(
    run: Run, write: Callable[[str, str], None], web: Path, tool: str
) -> None:
    write("basket.test.js", TEST)
    (web / "code.js").write_text("export const one = () => {\n  return 1;\n};\n")
    write(
        "code.test.js",
        BROKEN.replace("{imports}", '{imports}\nimport "./code.js";').replace("3", "2"),
    )
    threshold = {
        "jest": ' --coverageThreshold=\'{"global":{"functions":100}}\'',
        "vitest": " --coverage.thresholds.functions=100",
    }
    script = SCRIPTS[tool] + threshold[tool]
    for fields in ({"retries": 1}, {"quarantine": {NAME: LATER}}):
        outcome = run(script=script, **fields)
        assert not outcome.passed, outcome
        (web / "been-here").unlink()


def test_a_script_that_follows_the_tests_has_to_run(
    run: Run, write: Callable[[str, str], None], web: Path
) -> None:
    write("basket.test.js", TEST)
    assert run(retries=1, posttest="node -e 0").passed
    (web / "been-here").unlink()
    assert not run(retries=1, posttest="node -e 'process.exit(3)'").passed
    (web / "been-here").unlink()
    red = run(quarantine={NAME: LATER}, posttest="node -e 0")
    assert not red.passed and any("posttest did not run" in one.title for one in red.failures)


def test_a_script_that_stops_early_is_refused(
    run: Run, write: Callable[[str, str], None], tool: str
) -> None:
    write("basket.test.js", TEST)
    with pytest.raises(SettingsError, match="--bail"):
        run(script=f"{SCRIPTS[tool]} --bail", retries=1)


def test_other_runners_are_refused_by_name(run: Run, web: Path) -> None:
    with pytest.raises(SettingsError, match="only jest and vitest"):
        run(script="node --test", retries=1)


def test_those_tests_run_that_import_what_changed_since_a_commit(
    run_since: Run, write: Callable[[str, str], None], web: Path, place: Place
) -> None:
    for name in ("one", "two"):
        (web / f"{name}.js").write_text(f"export const {name} = 1;\n")
        test = f'import {{{{ {name} }}}} from "./{name}.js";\ntest("{name}", () => {{{{\n'
        test += f"  expect({name}).toBe(1);\n}}}});\n"
        write(f"{name}.test.js", "{imports}\n" + test)
    git(place.root, "init", "--quiet")
    (place.root / ".gitignore").write_text("node_modules\n.cicd\n")
    git(place.root, "add", ".")
    author = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    git(place.root, *author, "commit", "--quiet", "-m", "x")
    commit = git(place.root, "rev-parse", "HEAD").strip()
    nothing = run_since(commit)
    assert nothing.passed and nothing.headline == "no test is affected", nothing
    (web / "two.js").write_text("export const two = 2 - 1;\n")
    outcome = run_since(commit)
    assert outcome.passed and outcome.metrics["tests"] == 1, outcome
    (web / "two.js").write_text("export const two = 2;\n")
    assert [failure.title for failure in run_since(commit).failures] == ["two"]


def git(root: Path, *arguments: str) -> str:
    command = ("git", "-C", str(root), *arguments)
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


@pytest.fixture
def run_since(
    place: Place, web: Path, tool: str, open_toolchain: Callable[[Place, Frontend], Toolchain]
) -> Run:
    def run_since(commit: str) -> Outcome:
        part = make_part()
        return run_tests(place, part, open_toolchain(place, part), since=commit)

    write_manifest(web, type="module", scripts={"test": SCRIPTS[tool]}, devDependencies=TOOLS)
    return run_since
