"""Real Python processes that are watched, with the runners of tests that we start."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.django_site import MANAGE

from cicd.backend.environment import Environment
from cicd.backend.selection import parse_selection
from cicd.backend.testers.port import WATCHER, SuiteJob
from cicd.backend.tests import run_tests
from cicd.cache.reads import Noticed, parse_notes
from cicd.config.parts import Backend
from cicd.system.place import Place

Watch = Callable[..., Noticed]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = (tmp_path / "a répo").resolve()
    (root / "lib").mkdir(parents=True)
    (root / "shared").mkdir()
    (root / "shared" / "schema.json").write_text("{}")
    (tmp_path / "outside.txt").write_text("outside")
    return root


@pytest.fixture
def watch(root: Path, tmp_path: Path) -> Watch:
    def watch(code: str, *options: str, **env: str) -> Noticed:
        """What a Python that runs this in the folder `lib` is noticed to do."""
        (root / "lib" / "main.py").write_text(textwrap.dedent(code))
        watching = {"CICD_READS": str(tmp_path / "notes"), "CICD_READS_ROOT": str(root)}
        outer = {n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"}
        path = os.pathsep.join((str(WATCHER), env.pop("PYTHONPATH", "")))
        done = subprocess.run(
            (sys.executable, *options, "main.py"),
            cwd=root / "lib",
            env={**outer, **watching, "PYTHONPATH": path, **env},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        notes = (tmp_path / "notes").read_text() if (tmp_path / "notes").exists() else ""
        return parse_notes(notes)

    return watch


READS = {
    "open": "open('../shared/schema.json').read()",
    "pathlib": "import pathlib; pathlib.Path('../shared/schema.json').read_bytes()",
    "os.open": "import os; os.read(os.open('../shared/schema.json', os.O_RDONLY), 1)",
    "changed": "open('../shared/schema.json', 'r+').read()",
    "bytes": "open(b'../shared/schema.json').read()",
    "copy": "import shutil; shutil.copy('../shared/schema.json', 'copy')",
    "link": "import os; os.symlink('../shared/schema.json', 'l'); open('l').read()",
    "moved": "import os; os.rename('../shared/schema.json', 'm'); open('m').read()",
    "thread": """
        import threading
        t = threading.Thread(target=lambda: open('../shared/schema.json').read())
        t.start(); t.join()
        """,
    "fork": """
        import os
        if not os.fork():
            open('../shared/schema.json').read()
            os._exit(0)
        os.wait()
        """,
    "child": """
        import subprocess, sys
        subprocess.run([sys.executable, '-c', "open('../shared/schema.json').read()"], check=True)
        """,
    "spawn": """
        import multiprocessing
        if __name__ == '__main__':
            multiprocessing.set_start_method('spawn')
            with multiprocessing.Pool(1) as pool:
                pool.map(open, [b'../shared/schema.json'][:0])
                pool.apply(exec, ("open('../shared/schema.json').read()",))
        """,
    "mocked": """
        import builtins, os
        read = builtins.open
        os.open = os.stat = os.getcwd = builtins.open = None
        read('../shared/schema.json').read()
        """,
    "killed": """
        import os
        if not os.fork():
            open('../shared/schema.json').read()
            os.kill(os.getpid(), 9)
        os.wait()
        """,
}


@pytest.mark.parametrize("code", READS.values(), ids=READS)
def test_a_read_is_noticed_however_it_is_made(watch: Watch, root: Path, code: str) -> None:
    noticed = watch(code)
    assert f"{root}/shared/schema.json" in noticed.read
    assert noticed.programs == ()


def test_a_module_is_noticed_also_when_only_its_compiled_file_is_opened(
    watch: Watch, root: Path
) -> None:
    (root / "shared" / "mod.py").write_text("")
    code = "import sys; sys.path.append('../shared'); import mod"
    watch(code)
    (root.parent / "notes").unlink()
    assert f"{root}/shared/mod.py" in watch(code).read
    assert (root / "shared" / "__pycache__").is_dir()


def test_a_database_file_that_was_there_is_a_read(watch: Watch, root: Path) -> None:
    (root / "lib" / "old.db").touch()
    noticed = watch("""
        import sqlite3
        for name in ("old.db", "new.db", ":memory:", ""):
            sqlite3.connect(name).execute("CREATE TABLE books (title)")
        sqlite3.connect("new.db").execute("SELECT * FROM books")
        """)
    assert [path for path in noticed.read if path.endswith(".db")] == [f"{root}/lib/old.db"]


def test_what_the_run_wrote_itself_is_no_read(watch: Watch, root: Path) -> None:
    noticed = watch("""
        import os, pathlib, shutil, subprocess, sys
        os.mkdir("out")
        pathlib.Path("out/a").write_text("a")
        subprocess.run([sys.executable, "-c", "open('out/a').read()"], check=True)
        os.listdir("out")
        shutil.rmtree("out")
        open("new", "w").write("b")
        os.replace("new", "newer")
        open("newer").read()
        """)
    assert [path for path in noticed.read if not path.endswith("main.py")] == []
    assert noticed.listed == ()


def test_what_could_not_be_made_is_still_a_read(watch: Watch, root: Path) -> None:
    noticed = watch("""
        import os, tempfile
        try:
            open("../shared/schema.json", "x")
        except FileExistsError:
            pass
        try:
            os.mkdir("../shared")
        except FileExistsError:
            pass
        tempfile.TemporaryFile(dir="..").close()
        open("../shared/schema.json").read()
        """)
    assert f"{root}/shared/schema.json" in noticed.read


def test_the_environment_the_machine_and_temporary_files_are_not_noted(
    watch: Watch, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    noticed = watch("""
        import json, os, pytest, tempfile, zoneinfo
        open(pytest.__file__).read()
        open("/etc/hosts").read()
        open("/proc/self/status").read()
        zoneinfo.ZoneInfo("Europe/Berlin")
        with tempfile.NamedTemporaryFile("w") as file:
            file.write("a")
            file.flush()
            open(file.name).read()
        with tempfile.TemporaryDirectory() as folder:
            os.listdir(folder)
        """)
    assert [path for path in noticed.read if "main.py" not in path] == []
    assert noticed.listed == noticed.absent == noticed.programs == noticed.hosts == ()


def test_a_neighbour_of_the_repository_is_noticed_though_both_are_temporary(
    watch: Watch, root: Path
) -> None:
    noticed = watch("open('../../outside.txt').read()")
    assert f"{root.parent}/outside.txt" in noticed.read


def test_files_that_are_not_there_are_noticed(watch: Watch, root: Path) -> None:
    noticed = watch("""
        try:
            open("../local.ini")
        except OSError:
            pass
        """)
    assert noticed.absent == (f"{root}/local.ini",)


def test_lists_are_noticed_but_not_those_of_imports(watch: Watch, root: Path) -> None:
    assert watch("import sys; sys.path.append('../shared'); import json.tool").listed == ()
    assert watch("import glob; glob.glob('../shared/*')").listed == (f"{root}/shared",)


def test_programs_are_noticed_and_pythons_that_are_watched_are_not(
    watch: Watch, root: Path
) -> None:
    noticed = watch("""
        import ctypes.util, os, platform, subprocess, sys
        platform.processor(), ctypes.util.find_library("c")
        subprocess.run([sys.executable, "-c", ""], check=True)
        subprocess.run(["true"], check=True)
        subprocess.run("false", shell=True)
        os.system("true")
        """)
    assert [Path(one).name for one in noticed.programs] == ["true", "sh"]


@pytest.mark.parametrize(
    "call", ["[sys.executable, '-I', '-c', '']", "[sys.executable, '-c', ''], env={}"]
)
def test_a_python_that_cannot_be_watched_is_a_program(watch: Watch, call: str) -> None:
    noticed = watch(f"import subprocess, sys; subprocess.run({call}, check=True)")
    assert len(noticed.programs) == 1


def test_connections_elsewhere_are_noticed_and_loopback_is_not(watch: Watch) -> None:
    noticed = watch("""
        import socket
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname()).close()
            socket.create_connection(("localhost", server.getsockname()[1])).close()
        socket.getaddrinfo(socket.gethostname(), None)
        for call in (
            lambda: socket.getaddrinfo("api.invalid", 443),
            lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 9)),
        ):
            try:
                call()
            except OSError:
                pass
        """)
    assert noticed.hosts == ("api.invalid:443", "192.0.2.1:9")


def test_the_given_database_may_be_elsewhere(watch: Watch) -> None:
    code = """
        import socket
        try:
            socket.getaddrinfo("db.invalid", 5432)
        except OSError:
            pass
        """
    assert watch(code, CICD_SERVICES="db.invalid").hosts == ()


def test_the_sitecustomize_of_the_project_runs_too(watch: Watch, root: Path) -> None:
    (root / "shared" / "sitecustomize.py").write_text("import builtins; builtins.mine = 1")
    noticed = watch("assert mine == 1", PYTHONPATH=str(root / "shared"))
    assert noticed.watched == ((os.getpid(), "python"),)


def test_without_a_watcher_nothing_is_noted(watch: Watch) -> None:
    assert watch("pass", "-I") == Noticed()


TESTS = {
    "shared/schema.json": "{}",
    "lib/pyproject.toml": "[tool.pytest.ini_options]\n",
    "lib/tests/__init__.py": "",
    "lib/tests/test_lib.py": """\
        import unittest

        class TestLib(unittest.TestCase):
            def test_shared(self):
                open("../shared/schema.json").close()
        """,
}


def run(place: Place, environment: Environment, **fields: object) -> Noticed:
    part = Backend("lib", name="lib", source=("tests",), **fields)  # type: ignore[arg-type]
    notes = place.state / "notes"
    job = SuiteJob(
        place=place,
        part=part,
        environment=environment,
        selection=parse_selection(()),
        environ=dict(os.environ),
        watch={"CICD_READS": str(notes), "CICD_READS_ROOT": str(place.root.resolve())},
    )
    assert run_tests(job, repeat_prefix="nox -s lib_test --").passed
    return parse_notes(notes.read_text())


def inside(noticed: Noticed, place: Place) -> set[str]:
    base = f"{place.root.resolve()}/"
    return {path.removeprefix(base) for path in noticed.read if path.startswith(base)}


@pytest.mark.network
@pytest.mark.parametrize("workers", [1, 2])
def test_pytest_and_its_workers_are_watched(
    place: Place, write: Callable[..., Path], suite_environment: Environment, workers: int
) -> None:
    write(TESTS)
    noticed = run(place, suite_environment, tests="pytest", workers=workers)
    assert (os.getpid(), "python") in noticed.watched
    assert len(noticed.watched) == (2 if workers == 2 else 1)
    assert inside(noticed, place) - {"lib/.pytest_cache/v/cache/nodeids"} == {
        "shared/schema.json",
        "lib/pyproject.toml",
        "lib/tests/__init__.py",
        "lib/tests/test_lib.py",
    }
    assert noticed.listed == noticed.programs == noticed.hosts == ()


@pytest.mark.network
def test_unittest_is_watched(
    place: Place, write: Callable[..., Path], django_environment: Environment
) -> None:
    write(TESTS)
    noticed = run(place, django_environment, tests="unittest")
    assert (os.getpid(), "python") in noticed.watched
    assert "shared/schema.json" in inside(noticed, place)
    assert noticed.listed == noticed.programs == noticed.hosts == ()


@pytest.mark.network
def test_the_tests_of_django_are_watched(
    place: Place, write: Callable[..., Path], django_environment: Environment
) -> None:
    settings = "SECRET_KEY = 'x'\n"
    write({**TESTS, "lib/manage.py": MANAGE, "lib/site_settings.py": settings})
    noticed = run(place, django_environment, tests="django")
    assert (os.getpid(), "python") in noticed.watched
    assert "shared/schema.json" in inside(noticed, place)
    assert noticed.listed == noticed.programs == noticed.hosts == ()
