"""Real Node processes that are watched, with the runners of tests that packages use."""

import os
import subprocess
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests.contract.frontend.conftest import make_part, write_manifest

from cicd.cache.reads import Noticed, parse_notes
from cicd.frontend.tests import run_tests
from cicd.frontend.toolchain import Toolchain
from cicd.frontend.watching import watched
from cicd.model import Command
from cicd.system.place import Place

Watch = Callable[..., Noticed]
Open = Callable[..., Toolchain]


@pytest.fixture
def node(place: Place, open_toolchain: Open) -> str:
    return open_toolchain(place, make_part()).node.program


@pytest.fixture
def watch(place: Place, node: str, environ: Mapping[str, str]) -> Watch:
    root = place.root.resolve()
    (root / "web").mkdir()
    (root / "shared").mkdir()
    (root / "shared" / "schema.json").write_text("{}")
    (root / "shared" / "mod.mjs").write_text("export default 1\n")
    (root / "shared" / "mod.cjs").write_text("module.exports = 1\n")

    def watch(code: str, name: str = "main.cjs", **env: str) -> Noticed:
        """What a Node that runs this in the folder `web` is noticed to do."""
        notes = root.parent / "notes"
        notes.unlink(missing_ok=True)
        (root / "web" / name).write_text(textwrap.dedent(code))
        given = {"CICD_READS": str(notes), "CICD_READS_ROOT": str(root), **env}
        command = watched(Command((node, name), cwd=root / "web"), given)
        done = subprocess.run(
            command.argv,
            cwd=command.cwd,
            env={**environ, **{name: str(value) for name, value in command.env.items()}},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return parse_notes(notes.read_text())

    return watch


READS = {
    "readFileSync": "require('fs').readFileSync('../shared/schema.json')",
    "readFile": "require('fs').readFile('../shared/schema.json', () => {})",
    "URL": """
        const url = require('url').pathToFileURL('../shared/schema.json');
        require('fs').readFileSync(url);
        """,
    "promises": "require('fs/promises').readFile('../shared/schema.json')",
    "handle": "require('fs').promises.open('../shared/schema.json').then((file) => file.close())",
    "stream": "require('fs').createReadStream('../shared/schema.json').resume()",
    "openSync": "require('fs').openSync('../shared/schema.json', 'r+')",
    "copy": "require('fs').copyFileSync('../shared/schema.json', 'copy')",
    "require": "require('../shared/schema.json')",
    "link": """
        const fs = require('fs');
        fs.symlinkSync('../shared/schema.json', 'link');
        fs.readFileSync('link');
        """,
    "worker": """
        const { Worker } = require('worker_threads');
        new Worker("require('fs').readFileSync('../shared/schema.json')", { eval: true });
        """,
    "child": """
        require('child_process').execFileSync(process.execPath,
          ['-e', "require('fs').readFileSync('../shared/schema.json')"]);
        """,
    "fork": """
        const fs = require('fs');
        fs.writeFileSync('child.cjs', "require('fs').readFileSync('../shared/schema.json')");
        require('child_process').fork('./child.cjs');
        """,
}


@pytest.mark.parametrize("code", READS.values(), ids=READS)
def test_a_read_is_noticed_however_it_is_made(watch: Watch, place: Place, code: str) -> None:
    noticed = watch(code)
    assert f"{place.root.resolve()}/shared/schema.json" in noticed.read
    assert noticed.programs == ()


@pytest.mark.parametrize(
    ("name", "code", "module"),
    [
        ("main.mjs", "import '../shared/mod.mjs'", "mod.mjs"),
        ("main.mjs", "await import('../shared/mod.mjs')", "mod.mjs"),
        ("main.mjs", "import '../shared/mod.cjs'", "mod.cjs"),
        ("main.cjs", "import('../shared/mod.mjs')", "mod.mjs"),
        ("main.mjs", "import { readFileSync } from 'node:fs'; readFileSync('../shared/mod.mjs')",
         "mod.mjs"),
    ],
)  # fmt: skip
def test_modules_are_noticed(watch: Watch, place: Place, name: str, code: str, module: str) -> None:
    assert f"{place.root.resolve()}/shared/{module}" in watch(code, name).read


def test_what_the_run_wrote_itself_is_no_read(watch: Watch) -> None:
    noticed = watch("""
        const fs = require('fs');
        fs.mkdirSync('out');
        fs.writeFileSync('out/a', 'a');
        fs.readFileSync('out/a');
        fs.readdirSync('out');
        fs.writeFileSync('new', 'b');
        fs.renameSync('new', 'newer');
        fs.readFileSync('newer');
        fs.readFileSync(require('os').tmpdir() + '/' + require('path').basename(
          fs.mkdtempSync(require('path').join(require('os').tmpdir(), 'x-'))) + '/../../etc/hosts');
        """)
    assert [path for path in noticed.read if "main" not in path] == []
    assert noticed.listed == ()


def test_lists_and_files_that_are_not_there_are_noticed(watch: Watch, place: Place) -> None:
    noticed = watch("""
        const fs = require('fs');
        fs.readdirSync('../shared');
        try { fs.readFileSync('../local.json'); } catch {}
        """)
    assert noticed.listed == (f"{place.root.resolve()}/shared",)
    assert noticed.absent == (f"{place.root.resolve()}/local.json",)


def test_programs_are_noticed(watch: Watch) -> None:
    noticed = watch("""
        const { execSync, spawn, spawnSync } = require('child_process');
        spawnSync('true');
        execSync('cd . && ls && FOO=1 cat < /dev/null');
        spawn('sleep', ['0']);
        spawn('env');
        """)
    assert {Path(one).name for one in noticed.programs} == {"ls", "cat", "env"}


def test_programs_of_packages_are_fine_from_a_path_that_is_relative_to_the_folder(
    watch: Watch, place: Place
) -> None:
    program = place.root / "web" / "node_modules" / ".bin" / "tool"
    program.parent.mkdir(parents=True)
    program.write_text("#!/usr/bin/env node\n")
    program.chmod(0o755)
    noticed = watch("""
        process.env.PATH = './node_modules/.bin:' + process.env.PATH;
        require('child_process').spawn('tool');
        """)
    assert noticed.programs == ()


def test_options_of_node_that_leave_ours_out_are_noticed(watch: Watch) -> None:
    noticed = watch("require('child_process').execSync('NODE_OPTIONS=--no-warnings node -e 1')")
    assert "NODE_OPTIONS" in noticed.unwatched[0]
    kept = 'NODE_OPTIONS="$NODE_OPTIONS --no-warnings" node -e 1'
    noticed = watch(f"require('child_process').execSync('{kept}')")
    assert noticed.unwatched == noticed.programs == ()
    env = "{ env: { PATH: process.env.PATH, CICD_READS: process.env.CICD_READS } }"
    noticed = watch(f"require('child_process').spawnSync(process.execPath, ['-e', '1'], {env})")
    assert len(noticed.programs) == 1


def test_the_options_of_node_that_the_user_has_stay(watch: Watch) -> None:
    watch("require('assert')(process.noDeprecation)", NODE_OPTIONS="--no-deprecation")


def test_connections_elsewhere_are_noticed_and_loopback_is_not(watch: Watch) -> None:
    noticed = watch("""
        const net = require('net');
        const server = net.createServer((line) => line.end()).listen(0, '127.0.0.1', () => {
          const { port } = server.address();
          net.connect(port, '127.0.0.1').on('close', () => server.close()).resume();
          fetch('http://api.invalid:81/').catch(() => {});
          require('https').get('https://other.invalid/').on('error', () => {});
          require('dns').lookup('name.invalid', () => {});
        });
        """)
    assert set(noticed.hosts) >= {"api.invalid:81", "other.invalid:443", "name.invalid"}
    assert all("invalid" in host for host in noticed.hosts)


SHARED = {
    "jest": """
        test("reads", () => {
          require("fs").readFileSync("../shared/schema.json");
          expect(require("../shared/mod.cjs")).toBe(1);
        });
        """,
    "vitest": """
        import { readFileSync } from "node:fs";
        import { expect, test } from "vitest";
        import one from "../shared/mod.mjs";

        test("reads", () => {
          readFileSync("../shared/schema.json");
          expect(one).toBe(1);
        });
        """,
    "node": """
        import { readFileSync } from "node:fs";
        import test from "node:test";
        import "../shared/mod.mjs";

        test("reads", () => readFileSync("../shared/schema.json"));
        """,
}
RUNS = [
    ("jest", "jest", "mod.cjs"),
    ("jest", "jest --maxWorkers=2 --no-cache", "mod.cjs"),
    ("vitest", "vitest --pool=threads", "mod.mjs"),
    ("vitest", "vitest --pool=forks", "mod.mjs"),
    ("node", "node --test", "mod.mjs"),
]


@pytest.mark.network
@pytest.mark.parametrize(("runner", "script", "module"), RUNS)
def test_runners_of_tests_are_watched(
    place: Place, web: Path, open_toolchain: Open, runner: str, script: str, module: str
) -> None:
    kind = "commonjs" if runner == "jest" else "module"
    write_manifest(web, type=kind, scripts={"test": script}, devDependencies={})
    shared = place.root / "shared"
    shared.mkdir()
    for name, text in (
        ("schema.json", "{}"),
        ("mod.cjs", "module.exports = 1;"),
        ("mod.mjs", "export default 1;"),
    ):
        (shared / name).write_text(text)
    for number in (1, 2):
        suffix = "cjs" if runner == "jest" else "mjs"
        test = web / (f"{number}.test.js" if runner != "node" else f"{number}.test.{suffix}")
        test.write_text(textwrap.dedent(SHARED[runner]))
    part = make_part(env={"TMPDIR": str(place.root.parent / "tmp")})
    (place.root.parent / "tmp").mkdir(exist_ok=True)
    notes = place.state / "notes"
    notes.parent.mkdir(exist_ok=True)
    watch = {"CICD_READS": str(notes), "CICD_READS_ROOT": str(place.root.resolve())}
    outcome = run_tests(place, part, open_toolchain(place, part), watch=watch)
    assert outcome.passed, outcome
    noticed = parse_notes(notes.read_text())
    base = place.root.resolve()
    assert {f"{base}/shared/schema.json", f"{base}/shared/{module}"} <= set(noticed.read)
    assert (os.getpid(), "manager") in noticed.watched
    assert "node" in {program for _, program in noticed.watched}
    assert noticed.programs == noticed.hosts == noticed.unwatched == ()
