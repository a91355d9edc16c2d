import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cicd.config.parts import Frontend
from cicd.frontend.build_size import measure_build
from cicd.frontend.checks import locate, run_check
from cicd.frontend.toolchain import Toolchain
from cicd.model import Failure
from cicd.output import render_size
from cicd.system.place import Place
from cicd.testing import FakeRunner


@pytest.fixture(autouse=True)
def _scripts(write_manifest: Callable[..., None]) -> None:
    write_manifest({name: "true" for name in ("format:check", "lint", "typecheck", "build")})


def test_a_clean_check_is_green(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner
) -> None:
    runner.answer("npm", "run", "lint")
    outcome = run_check(place, part, "lint", toolchain)
    assert (outcome.passed, outcome.headline) == (True, "no findings")
    assert outcome.facts == {
        "node": "20.18.0 (machine)",
        "npm": "10.8.2",
        "command": "npm run lint",
    }


def test_warnings_are_counted_and_not_judged(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner
) -> None:
    runner.answer("npm", output="\n/x/a.js\n  1:1  warning  'y' is unused  no-unused-vars\n")
    outcome = run_check(place, part, "lint", toolchain)
    assert (outcome.passed, outcome.headline) == (True, "1 warning")


def test_findings_have_the_path_from_the_repositorys_root(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner
) -> None:
    runner.answer("npm", return_code=2, output="src/a.ts(3,5): error TS1005: ';' expected.\n")
    outcome = run_check(place, part, "types", toolchain, repeat="nox -s web_types")
    assert (outcome.passed, outcome.headline) == (False, "1 finding")
    assert outcome.failures == (
        Failure(
            title="TS1005: ';' expected.",
            path="web/src/a.ts",
            line=3,
            repeat="nox -s web_types",
        ),
    )


def test_warnings_that_fail_a_check_are_its_findings(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner
) -> None:
    output = "\n/x/a.js\n  1:1  warning  'y' is unused  no-unused-vars\n"
    runner.answer("npm", return_code=1, output=output)
    assert run_check(place, part, "lint", toolchain).headline == "1 finding"


def test_a_failure_that_names_no_file_shows_the_last_words(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner
) -> None:
    runner.answer("npm", return_code=2, output="Oops! Something went wrong!\nno config\n")
    outcome = run_check(place, part, "lint", toolchain)
    assert outcome.headline == "lint failed with exit code 2"
    assert outcome.failures[0].detail == "Oops! Something went wrong!\nno config"


def test_a_check_over_its_time_limit_is_red(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner
) -> None:
    runner.answer("npm", return_code=-15, timed_out=True, output="building\n")
    outcome = run_check(place, part, "build", toolchain)
    assert (outcome.passed, outcome.headline) == (False, "build did not end within 900 s")


def test_a_build_tells_the_size_of_what_it_wrote(
    place: Place, part: Frontend, toolchain: Toolchain, runner: FakeRunner
) -> None:
    (toolchain.folder / "dist/assets").mkdir(parents=True)
    (toolchain.folder / "dist/assets/app.js").write_bytes(b"x" * 411_500)
    runner.answer("npm", "run", "build")
    outcome = run_check(place, part, "build", toolchain)
    assert (outcome.headline, outcome.metrics) == ("412 kB", {"build_bytes": 411_500})


def test_an_older_output_is_not_this_builds(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/old.js").write_bytes(b"x")
    os.utime(tmp_path / "dist/old.js", (1000, 1000))
    (tmp_path / ".next/cache").mkdir(parents=True)
    (tmp_path / ".next/cache/big").write_bytes(b"xxx")
    assert measure_build(tmp_path, since=2000) == 0


@pytest.mark.parametrize(
    ("size", "text"), [(1, "1 kB"), (412_000, "412 kB"), (1_234_567, "1.2 MB")]
)
def test_a_size_is_short(size: int, text: str) -> None:
    assert render_size(size) == text


def test_a_path_that_a_tool_wrote_from_the_root_stays(place: Place, toolchain: Toolchain) -> None:
    (place.root / "shared").mkdir()
    (place.root / "shared/a.ts").touch()
    assert locate(place.root, toolchain.folder, "shared/a.ts") == "shared/a.ts"
    assert locate(place.root, toolchain.folder, "../shared/a.ts") == "shared/a.ts"
    assert locate(place.root, toolchain.folder, "src/a.ts") == "web/src/a.ts"
