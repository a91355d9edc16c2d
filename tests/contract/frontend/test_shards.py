"""Shares of a suite, divided by jest and vitest themselves."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.contract.frontend.conftest import TOOLS, make_part, write_manifest
from tests.contract.frontend.test_tools import IMPORTS, SCRIPTS

from cicd.config.parts import Frontend
from cicd.config.shard import Shard
from cicd.frontend.joined_coverage import unite_lcov
from cicd.frontend.tests import run_tests
from cicd.frontend.toolchain import Toolchain
from cicd.model import Outcome
from cicd.system.place import Place

pytestmark = pytest.mark.network

CODE = "export const {0} = (a) => {{\n  const b = a + 1;\n  return b;\n}};\n"
TEST = """\
{imports}
import {{ {name} }} from "./code.js";
test("{name}", () => {{
  expect({name}(1)).toBe(2);
}});
"""


@pytest.mark.parametrize("tool", ["jest", "vitest"])
def test_shares_run_every_test_once_and_cover_together_what_all_of_it_covers(
    place: Place,
    web: Path,
    open_toolchain: Callable[[Place, Frontend], Toolchain],
    tmp_path: Path,
    tool: str,
) -> None:
    part = make_part(coverage_percent=60)
    write_manifest(web, type="module", scripts={"test": SCRIPTS[tool]}, devDependencies=TOOLS)
    (web / "code.js").write_text("".join(map(CODE.format, ("one", "two", "never"))))
    for name in ("one", "two"):
        test = TEST.format(imports=IMPORTS[tool], name=name)
        (web / f"{name}.test.js").write_text(test)
    toolchain = open_toolchain(place, part)

    def run(shard: Shard | None) -> tuple[Outcome, Path]:
        outcome = run_tests(place, part, toolchain, shard=shard)
        kept = shutil.copytree(place.reports, tmp_path / str(shard).replace("/", "-"))
        return outcome, kept / "coverage" / "lcov.info"

    shares = [run(Shard(number, 3)) for number in (1, 2, 3)]
    assert all(outcome.passed for outcome, _ in shares), shares
    assert sorted(outcome.metrics["tests"] for outcome, _ in shares) == [0, 1, 1]
    whole, _ = run(None)
    assert whole.passed
    together = unite_lcov(report for _, report in shares if report.is_file())
    assert together == whole.metrics["coverage_percent"]
    assert all(outcome.metrics.get("coverage_percent", 0) < together for outcome, _ in shares)
