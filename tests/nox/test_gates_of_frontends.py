"""Each gate of a frontend, red on purpose."""

import shlex
import shutil
import subprocess

import pytest
from tests.lacking import lacking
from tests.nox import miniatures
from tests.nox.conftest import Repository
from tests.nox.screen import assert_red

TOOLS = {"jest": "29.7.0", "prettier": "3.10.1"}
SUM = "exports.sum = (a, b) => a + b;\nexports.other = () => {\n  return 3;\n};\n"
SUM_TEST = """\
    const { sum } = require("./sum");

    describe("sums", () => {
      test("adds", () => {
        expect(sum(1, 2)).toBe(3);
      });
      test("is [wrong]", () => {
        expect(sum(1, 2)).toBe(4);
      });
    });
    """


@pytest.fixture(scope="session")
def web_home(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    root = tmp_path_factory.mktemp("web")
    files = miniatures.package(TOOLS, lint="prettier --write --check .", test="jest --watch")
    Repository(root).put_all(files)
    if shutil.which("npm") is None:
        lacking("there is no npm on this machine")
    command = ("npm", "install", "--package-lock-only", "--silent", "--no-audit", "--no-fund")
    subprocess.run(command, cwd=root / "web", check=True)
    lock = (root / "web" / "package-lock.json").read_text(encoding="utf-8")
    return Repository(root, {**files, "web/package-lock.json": lock})


@pytest.fixture
def web(web_home: Repository) -> Repository:
    """A package with jest and prettier; its scripts watch and write."""
    web_home.restore()
    return web_home


def test_a_failed_test_has_file_line_and_the_command_that_repeats_it(web: Repository) -> None:
    web.put("web/sum.js", SUM)
    web.put("web/sum.test.js", SUM_TEST)
    ended = web.nox("-s", "web_test")
    assert_red(ended, "web_test", "1 of 2 tests failed", "web_test  web/sum.test.js:8  sums is")
    for name in ("junit.xml", "coverage.xml"):
        assert "sum" in web.report("web_test", name)
    (failure,) = web.records()["web_test"].outcome.failures
    again = web.nox(*shlex.split(failure.repeat)[1:])
    assert_red(again, "web_test", "is [wrong]")
    assert web.records()["web_test"].outcome.metrics["passed"] == 0


def test_coverage_below_the_limit_is_red(web: Repository) -> None:
    web.put("noxfile.py", miniatures.noxfile('cicd.Frontend("web", coverage_percent=99)'))
    web.put("web/sum.js", SUM)
    web.put("web/sum.test.js", SUM_TEST.replace("toBe(4)", "toBe(3)"))
    assert_red(web.nox("-s", "web_test"), "web_test", "99 %")


def test_a_lint_script_that_writes_is_run_as_a_check(web: Repository) -> None:
    web.put("web/ugly.js", "const  a=1")
    ended = web.nox("-s", "web_lint")
    assert_red(ended, "web_lint", "web/ugly.js", "repeat:  nox -s web_lint\n")
    assert (web.root / "web" / "ugly.js").read_text() == "const  a=1"
    assert web.nox("-s", "fix").code == 0
    assert (web.root / "web" / "ugly.js").read_text() == "const a = 1;\n"
    assert web.nox("-s", "web_lint").code == 0
