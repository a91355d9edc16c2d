"""A repository of many small parts that are real: locked, installed, checked and tested.

    python -m benchmarks.many_parts FOLDER [--parts 50]

Half of them are backends with `uv.lock`, half frontends with `package-lock.json`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import uv

from benchmarks.yard import commit_all, do, write_files

NOXFILE = "import cicd\n\nproject = cicd.project()\n"
_FIRST = "backend_00"
_PYPROJECT = """\
[project]
name = "{name}"
version = "1.0"
requires-python = ">=3.11"

[dependency-groups]
dev = ["black>=24.10", "flake8>=7.1", "mypy>=1.13", "pytest>=8.3", "pytest-cov>=6.0"]

[tool.uv]
package = false

[tool.mypy]
files = ["stock.py"]

[tool.pytest.ini_options]
pythonpath = ["."]
"""
_STOCK = '''\
"""How many are left in part {number}."""


def left(stock: int, sold: int) -> int:
    return max(0, stock - sold)
'''
_TESTS = """\
import stock


def test_what_is_sold_is_gone() -> None:
    assert stock.left(3, 2) == 1


def test_nothing_is_left_below_nothing() -> None:
    assert stock.left(1, 2) == 0
"""
_TEST_JS = """\
import assert from "node:assert";
import { left } from "../src/stock.js";

assert.equal(left(3, 2), 1);
"""
_STOCK_JS = "export const left = (stock, sold) => Math.max(0, stock - sold);\n"
_BUILD = 'import { cpSync } from "node:fs";\n\ncpSync("src", "dist", { recursive: true });\n'


def write_parts(root: Path, count: int) -> list[str]:
    """Writes and commits them; returns their folders. The lock is made once for all."""
    backends = [f"backend_{number:02}" for number in range((count + 1) // 2)]
    frontends = [f"frontend_{number:02}" for number in range(count // 2)]
    root.mkdir(parents=True, exist_ok=True)
    write_files(root, {"noxfile.py": NOXFILE, ".gitignore": "node_modules/\ndist/\n__pycache__/\n"})
    for number, name in enumerate(backends):
        write_files(root / name, backend_files(name, number))
    for name in frontends:
        write_files(root / name, frontend_files(name))
    lock = _lock(root / _FIRST)
    for name in backends:
        (root / name / "uv.lock").write_text(lock.replace(_lock_name(_FIRST), _lock_name(name)))
    commit_all(root)
    return [*backends, *frontends]


def backend_files(name: str, number: int) -> dict[str, str]:
    return {
        "pyproject.toml": _PYPROJECT.format(name=name),
        ".gitignore": ".venv/\n.coverage\n.mypy_cache/\n.pytest_cache/\n",
        "stock.py": _STOCK.format(number=number),
        "tests/test_stock.py": _TESTS,
    }


def frontend_files(name: str) -> dict[str, str]:
    """Its scripts are Node's own: what is measured is not how long a linter takes."""
    about = {"name": name.replace("_", "-"), "version": "1.0.0"}
    check = "node --check src/stock.js"
    scripts = {"format:check": check, "lint": check, "typecheck": check}
    own = {"test": "node test/stock.js", "build": "node build.js"}
    manifest = {**about, "private": True, "type": "module", "scripts": {**scripts, **own}}
    lock = {**about, "lockfileVersion": 3, "requires": True, "packages": {"": about}}
    return {
        "package.json": json.dumps(manifest, indent=2) + "\n",
        "package-lock.json": json.dumps(lock, indent=2) + "\n",
        "src/stock.js": _STOCK_JS,
        "test/stock.js": _TEST_JS,
        "build.js": _BUILD,
    }


def _lock(folder: Path) -> str:
    path = folder / "uv.lock"
    if not path.exists():
        do((uv.find_uv_bin(), "lock", "--quiet"), folder)
    return path.read_text()


def _lock_name(name: str) -> str:
    return f'name = "{name.replace("_", "-")}"'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parts", type=int, default=50)
    chosen = parser.parse_args()
    print(f"{len(write_parts(chosen.folder, chosen.parts))} parts in {chosen.folder}")


if __name__ == "__main__":
    main()
