"""What a workflow of a second repository says is what `nox -s ci` says there by hand."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.github import second
from tests.github.acting import ENGINE, Acted, act
from tests.nox.conftest import Ended, Repository
from tests.nox.docs_pages import DOCS, blocks

from cicd.model import Failure, Verdict
from cicd.records.record import Record

pytestmark = pytest.mark.network
BASKETS = "backend/tests/test_baskets.py"


def seen(record: Record) -> tuple[Verdict | None, dict[str, float], list[tuple[object, ...]]]:
    """The verdict, the numbers and what is wrong; how long it took is another thing."""
    outcome = record.outcome
    numbers = {name: one for name, one in outcome.metrics.items() if not name.endswith("_s")}
    return record.verdict, numbers, [_told(failure) for failure in outcome.failures]


def _told(failure: Failure) -> tuple[object, ...]:
    return failure.title, failure.location, failure.detail, failure.repeat


@dataclass(frozen=True)
class Both:
    """The same commit in two places: what was said by hand, and what the workflow said."""

    here: Repository
    ended: Ended
    acted: Acted

    @property
    def codes(self) -> tuple[int, int]:
        return self.ended.code, self.acted.code

    @property
    def outputs(self) -> str:
        return f"{self.ended.output}\n{self.acted.output}"


def run_both(repository: Repository, folder: Path, session: str) -> Both:
    """At the same time: each mostly waits for one core. The one by hand is in a clone."""
    folder.mkdir()
    second.commit(repository)
    here = Repository(folder / "clone")
    second.git(repository, "clone", "--quiet", ".", str(here.root))
    with ThreadPoolExecutor(1) as aside:
        acting = aside.submit(act, repository, folder / "act")
        ended = here.nox("-s", session, **ENGINE)
        return Both(here, ended, acting.result())


def assert_alike(both: Both) -> None:
    """In the verdicts and numbers of every session; and `nox -s parity` says so, too."""
    assert {name: seen(one) for name, one in both.acted.records().items()} == {
        name: seen(one) for name, one in both.here.records().items()
    }, both.outputs
    ended = both.here.nox("-s", "parity", "--", str(both.acted.artifacts))
    assert ended.code == 0, ended.output


@pytest.mark.timeout(900)
def test_the_bookshop_is_green_and_red_as_by_hand(wheel: Path, tmp_path: Path) -> None:
    parts = ('cicd.Backend("backend")', 'cicd.Frontend("frontend")')
    shop = second.bookshop(tmp_path / "bookshop", wheel, *parts)
    green = run_both(shop, tmp_path / "green", "ci")
    assert green.codes == (0, 0), green.outputs
    assert len(green.here.records()) >= 9
    assert green.here.records()["backend_test"].outcome.metrics["tests"] > 100
    assert_alike(green)

    second.change(shop, BASKETS, "assert response.status_code == 201", "assert not response")
    second.give_inputs(shop, {"session": "backend_test"})
    red = run_both(shop, tmp_path / "red", "backend_test")
    assert red.codes == (1, 1), red.outputs
    assert red.here.records()["backend_test"].outcome.metrics["failed"] == 1
    assert_alike(red)


def test_a_broken_test_makes_the_whole_workflow_red(stall: Repository, tmp_path: Path) -> None:
    second.change(stall, "shop/tests/test_price.py", "== 300", "== 301")
    both = run_both(stall, tmp_path / "both", "ci")
    assert both.codes == (1, 1), both.outputs
    assert_alike(both)
    assert set(both.acted.results().values()) == {"failed"}
    assert both.ended.last_line.partition(":")[2] in both.acted.output


def test_one_job_for_each_session_gives_the_same(stall: Repository, tmp_path: Path) -> None:
    """By the workflow that is meant to be tried on GitHub."""
    (smoke,) = blocks(DOCS / "reference" / "github-untested.md", "yaml")
    stall.put(second.WORKFLOW, smoke)
    both = run_both(stall, tmp_path / "both", "ci")
    assert both.codes == (0, 0), both.outputs
    assert len(list(both.acted.artifacts.iterdir())) == 1 + len(both.here.records()) == 4
    assert_alike(both)


def test_one_red_job_of_many_makes_the_last_one_red(stall: Repository, tmp_path: Path) -> None:
    second.give_inputs(stall, {"fan-out": "true"})
    second.change(stall, "shop/price.py", " * 100", " *100")
    second.commit(stall)
    acted = act(stall, tmp_path / "act")
    assert acted.code == 1, acted.output
    failed = {name for name, result in acted.results().items() if result == "failed"}
    assert any(name.endswith("/ok") for name in failed), acted.results()
    verdicts = {name: record.verdict for name, record in acted.records().items()}
    assert verdicts == {
        "shop_format": Verdict.FAILED,
        "shop_lint": Verdict.FAILED,
        "shop_test": Verdict.PASSED,
    }


def test_the_action_runs_a_session_in_a_job_of_ones_own(stall: Repository, tmp_path: Path) -> None:
    """By the steps that the page shows."""
    page = DOCS / "how-to" / "github.md"
    (steps,) = (text for text in blocks(page, "yaml") if text.startswith("    steps:"))
    named = steps.replace("<commit>", "0" * 40).replace("backend_test", "shop_test")
    stall.put(second.WORKFLOW, f"on: push\njobs:\n  own:\n    runs-on: ubuntu-24.04\n{named}")
    second.commit(stall)
    acted = act(stall, tmp_path / "act")
    assert acted.code == 0, acted.output
    assert {name: one.verdict for name, one in acted.records().items()} == {
        "shop_test": Verdict.PASSED
    }


def test_a_pull_request_reuses_what_a_push_kept_and_writes_nothing(
    stall: Repository, tmp_path: Path
) -> None:
    second.give_inputs(stall, {"session": "shop_test"})
    second.commit(stall)
    pushed = act(stall, tmp_path / "push")
    downloads, verdicts, numbers = pushed.saved()
    assert downloads.startswith("cicd-Linux-") and "-numbers-" in numbers
    assert verdicts.startswith("cicd-shop_test-verdicts-")
    history = tmp_path / "kept" / verdicts / "content" / ".cicd" / "flaky" / "shop_test.json"
    assert history.exists()
    asked = act(stall, tmp_path / "asked", "pull_request")
    assert (pushed.code, asked.code) == (0, 0), f"{pushed.output}\n{asked.output}"
    assert asked.saved() == []
    (earned,), (reused,) = pushed.records().values(), asked.records().values()
    assert earned.reused is None and earned.outcome.metrics["tests"] == 2
    assert reused.reused is not None and reused.reused.run == earned.run
    assert reused.outcome == earned.outcome


def test_a_changed_file_is_judged_anew(stall: Repository, tmp_path: Path) -> None:
    second.give_inputs(stall, {"session": "shop_test"})
    second.commit(stall)
    assert act(stall, tmp_path / "push").code == 0
    second.change(stall, "shop/price.py", " * 100", " * 10")
    second.commit(stall)
    asked = act(stall, tmp_path / "asked", "pull_request")
    (record,) = asked.records().values()
    assert (asked.code, record.verdict, record.reused) == (1, Verdict.FAILED, None)
