"""Which changes reach tests by imports that jest and vitest see."""

import pytest

from cicd.frontend.affected import affected_arguments, why_all
from cicd.frontend.suite_tool import SuiteTool


def test_code_of_the_package_is_followed() -> None:
    names = ["web/src/a.ts", "web/src/b.tsx", "web/c.mjs", "web/d.vue", "web/a.test.js"]
    assert why_all(names, "web") == "" == why_all(["src/a.ts"], ".")


@pytest.mark.parametrize(
    "name",
    [
        *("web/package.json", "web/src/data.json", "web/src/a.css", "web/.env", "web/.eslintrc.js"),
        *("web/vite.config.ts", "web/src/setupTests.ts", "web/src/__mocks__/a.js", "web/env.d.ts"),
        *("package-lock.json", "shared/a.ts", "web/__snapshots__/a.test.ts.snap"),
    ],
)
def test_anything_else_may_reach_every_test(name: str) -> None:
    assert why_all(["web/src/a.ts", name], "web") == f"{name} changed"


def test_each_runner_is_asked_in_its_own_words() -> None:
    assert affected_arguments(SuiteTool.JEST, "abc") == ("--changedSince=abc", "--passWithNoTests")
    vitest = affected_arguments(SuiteTool.VITEST, "abc")
    assert vitest == ("--changed", "abc", "--passWithNoTests")
