import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.contract.frontend.conftest import TOOLS, make_part, write_manifest

from cicd.config.parts import Frontend
from cicd.frontend.checks import run_check
from cicd.frontend.fix import fix_commands
from cicd.frontend.package import read_package
from cicd.frontend.scripts import Verb
from cicd.frontend.tests import run_tests
from cicd.frontend.toolchain import Toolchain
from cicd.model import Outcome
from cicd.system.place import Place

pytestmark = pytest.mark.network

Check = Callable[..., Outcome]

SUM = "export const sum = (a, b) => a + b;\nexport const other = () => {\n  return 3;\n};\n"
SUM_TEST = """\
%s
import { sum } from "./sum.js";
describe("sums", () => {
  test("adds (two)", () => {
    expect(sum(1, 2)).toBe(3);
  });
  test("is [wrong]", () => {
    expect(sum(1, 2)).toBe(%d);
  });
});
"""
SCRIPTS = {
    "jest": "node --experimental-vm-modules node_modules/jest/bin/jest.js --watch",
    "vitest": "vitest",
}
IMPORTS = {
    "jest": 'import { describe, expect, test } from "@jest/globals";',
    "vitest": 'import { describe, expect, test } from "vitest";',
}


@pytest.fixture
def toolchain(place: Place, web: Path, open_toolchain: Callable[..., Toolchain]) -> Toolchain:
    return open_toolchain(place, make_part())


@pytest.fixture
def check(place: Place, toolchain: Toolchain) -> Check:
    def run(verb: Verb, part: Frontend | None = None) -> Outcome:
        return run_check(place, part or make_part(), verb, toolchain)

    return run


@pytest.fixture
def suite(place: Place, toolchain: Toolchain, web: Path) -> Check:
    def run(tool: str, expected: int, *arguments: str, **fields: object) -> Outcome:
        write_manifest(web, type="module", scripts={"test": SCRIPTS[tool]}, devDependencies=TOOLS)
        (web / "sum.js").write_text(SUM)
        (web / "sum.test.js").write_text(SUM_TEST % (IMPORTS[tool], expected))
        return run_tests(
            place,
            make_part(**fields),
            toolchain,
            arguments=arguments,
            repeat_prefix="nox -s web_test --",
        )

    return run


def locations(outcome: Outcome) -> list[str]:
    return [failure.location for failure in outcome.failures]


def test_prettier_is_red_with_the_file_until_it_is_fixed(
    check: Check, web: Path, place: Place, toolchain: Toolchain
) -> None:
    (web / "ugly.js").write_text("const  a=1")
    red = check("format")
    assert (red.passed, locations(red), red.headline) == (False, ["web ü/ugly.js"], "1 finding")
    package = read_package(web, web)
    for command in fix_commands(make_part(), toolchain, package)[1:]:
        assert place.runner.run(command).ok
    assert check("format").passed


def test_eslint_is_red_with_file_and_line(check: Check, web: Path) -> None:
    rules = 'export default [{ rules: { "no-unused-vars": "error" } }];\n'
    (web / "eslint.config.js").write_text(rules)
    (web / "unused.js").write_text("\nconst a = 1;\n")
    red = check("lint")
    assert (red.passed, locations(red)) == (False, ["web ü/unused.js:2"])
    (web / "unused.js").unlink()
    assert check("lint").passed


def test_tsc_is_red_with_file_and_line(check: Check, web: Path) -> None:
    (web / "tsconfig.json").write_text(
        '{ "compilerOptions": { "types": [] }, "include": ["a.ts"] }'
    )
    (web / "a.ts").write_text('\nexport const a: number = "a";\n')
    red = check("types")
    assert (red.passed, locations(red)) == (False, ["web ü/a.ts:2"])
    assert red.failures[0].title.startswith("TS2322: Type 'string' is not assignable")


@pytest.mark.parametrize("tool", ["jest", "vitest"])
def test_a_suite_is_green_with_numbers_junit_and_coverage(
    suite: Check, place: Place, tool: str
) -> None:
    outcome = suite(tool, 3)
    assert (outcome.passed, outcome.headline.split(" · ")[0]) == (True, "2 tests")
    assert 0 < outcome.metrics["coverage_percent"] < 100
    for name in ("junit.xml", "coverage.xml", "coverage/lcov.info"):
        assert (place.reports / name).stat().st_size
    assert not suite(tool, 3, coverage_percent=99).passed


@pytest.mark.parametrize("tool", ["jest", "vitest"])
def test_a_failed_test_is_repeated_by_the_command_that_is_shown(suite: Check, tool: str) -> None:
    outcome = suite(tool, 4)
    (failure,) = outcome.failures
    assert (failure.title, failure.location) == ("sums is [wrong]", "web ü/sum.test.js:8")
    assert outcome.headline.startswith("1 of 2 tests failed")
    words = shlex.split(failure.repeat.removeprefix("nox -s web_test --"))
    again = suite(tool, 4, *words)
    assert (again.metrics["failed"], again.metrics["passed"]) == (1, 0)


@pytest.mark.parametrize("tool", ["jest", "vitest"])
def test_no_tests_are_a_failure(suite: Check, tool: str) -> None:
    outcome = suite(tool, 3, "nothing-like-that", "--passWithNoTests")
    assert [failure.title for failure in outcome.failures] == ["no tests were found"]


def test_a_test_that_hangs_is_ended_and_named(suite: Check, web: Path) -> None:
    (web / "hang.test.js").write_text('test("x", () => {\n  for (;;);\n});\n')
    outcome = suite("jest", 3, "--maxWorkers=1", "hang", timeout_s=4.0)
    assert outcome.failures[0].title == "the tests did not end within 4 s"
    assert "hang.test.js" in outcome.failures[0].detail


def test_a_test_that_ends_its_process_is_a_failure(suite: Check, web: Path) -> None:
    (web / "exit.test.js").write_text('test("x", () => {\n  process.exit(0);\n});\n')
    outcome = suite("jest", 3, "exit")
    assert not outcome.passed
    assert "wrote no report" in outcome.failures[0].title


def test_a_build_shows_what_it_weighs(
    place: Place, toolchain: Toolchain, web: Path, check: Check
) -> None:
    script = "node -e \"fs.mkdirSync('dist');fs.writeFileSync('dist/a.js','x'.repeat(5000))\""
    write_manifest(web, scripts={"build": script})
    assert check("build").headline == "5 kB"
    write_manifest(web, scripts={"build": 'echo "src/a.ts(1,2): error TS1: no" && exit 2'})
    assert locations(check("build", replace(make_part(), timeout_s=60.0))) == ["web ü/src/a.ts:1"]
