"""`python -m benchmarks.mutations` on a miniature: it finds nothing, and could."""

import shutil
import sys
from pathlib import Path

import pytest
from benchmarks.mutations.__main__ import keep_green_run, summary, try_mutations
from benchmarks.mutations.shop import Shop
from benchmarks.mutations.trial import Tried
from benchmarks.yard import commit_all
from tests.nox import miniatures
from tests.nox.conftest import Repository, locked

STOCK = "def left(stock: int, sold: int) -> int:\n    return stock - sold\n"
TESTS = "import stock\n\n\ndef test_sold() -> None:\n    assert stock.left(3, 1) == 2\n"
NOXFILE = miniatures.noxfile(
    *(f'cicd.Backend("{name}", postgres=None, formatter=None)' for name in ("backend", "worker"))
)
FORGETFUL = f"""\
from cicd.steps.fingerprint import assemble

known = assemble.input_names
assemble.input_names = lambda *of: known(*of) - {{"backend/stock.py"}}

{NOXFILE}"""
"""Which files decide a verdict, without one that does."""


pytestmark = pytest.mark.timeout(1200)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    pyproject = miniatures._PROJECT.format(name="stock", dependencies="")
    files = {
        "noxfile.py": NOXFILE,
        ".gitignore": ".venv/\n.coverage\n__pycache__/\n.*_cache/\n",
        "backend/pyproject.toml": pyproject,
        "backend/stock.py": STOCK,
        "backend/tests/test_stock.py": TESTS,
    }
    first = locked(tmp_path_factory.mktemp("mutated"), files)
    shutil.copytree(first.root / "backend", first.root / "worker")
    for name in ("pyproject.toml", "uv.lock"):
        path = first.root / "worker" / name
        path.write_text(path.read_text().replace('name = "stock"', 'name = "worker"'))
    commit_all(first.root)
    return first


@pytest.fixture
def shop(made: Repository) -> Shop:
    made.put_all({"noxfile.py": NOXFILE, "backend/stock.py": STOCK})
    commit_all(made.root)
    return Shop(made.root, (sys.executable, "-m", "nox"), made.env())


def test_no_verdict_that_is_reused_after_a_mutation_is_a_wrong_one(
    shop: Shop, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    tried = try_mutations(shop, done, seed=5, count=3, together=2)
    assert [one.wrong for one in tried] == [[], [], []], tried
    assert any(one.reused for one in tried), "or nothing was proven"
    assert any(one.ran for one in tried)
    assert try_mutations(shop, done, seed=5, count=3, together=2) == tried, "and goes on from there"


def test_a_wrong_list_of_inputs_is_found(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (shop.root / "noxfile.py").write_text(FORGETFUL)
    commit_all(shop.root)
    files = {"backend/stock.py": STOCK}
    monkeypatch.setattr(Shop, "files", lambda self: files)
    tried = try_mutations(shop, tmp_path / "done", seed=1, count=1, together=1)
    assert [one.wrong for one in tried] == [["backend_lint"]], "tests notice what they read"
    assert "WRONG: 0" not in summary(tried, 1, 1)


def test_a_repository_that_is_red_before_is_no_place_to_begin(shop: Shop) -> None:
    (shop.root / "backend" / "stock.py").write_text(STOCK.replace("-", "+"))
    commit_all(shop.root)
    with pytest.raises(SystemExit, match="not green before anything was changed"):
        keep_green_run(shop)


def test_the_summary_counts_what_was_wrong() -> None:
    one = Tried(
        file="a.py", line=1, kind="source", how="swap", before="", after="", wrong=["backend_test"]
    )
    assert "WRONG: 1" in summary([one], 1, 1)
