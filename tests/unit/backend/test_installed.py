"""What is in an environment."""

from pathlib import Path

from cicd.backend.environment import Environment
from cicd.backend.installed import read_packages, read_python
from cicd.backend.interpreters import Interpreter


def test_packages_and_python_are_read_from_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "lib" / "python3.13" / "site-packages"
    for name in ("pytest-9.2.0", "Pytest_Cov-7.1.0", "own-1.0.dev3+g12ab"):
        (folder / f"{name}.dist-info").mkdir(parents=True)
    own = folder / "own-1.0.dev3+g12ab.dist-info" / "direct_url.json"
    own.write_text('{"url": "file:///repository", "dir_info": {"editable": true}}')
    environment = Environment(path=tmp_path, interpreter=Interpreter("3.13.2", Path("python")))
    assert read_packages(environment) == {"pytest": "9.2.0", "pytest-cov": "7.1.0"}
    assert read_python(environment) == "CPython 3.13.2"
    (tmp_path / "pyvenv.cfg").write_text("home = /usr\nimplementation = PyPy\n")
    assert read_python(environment) == "PyPy 3.13.2"
