"""The public door: what stands here may change only where an issue says so."""

import subprocess
import sys

import cicd


def test_these_names_are_public() -> None:
    assert cicd.__all__ == [
        *("Backend", "CicdError", "Frontend", "Image", "Notify", "Project", "Registry", "Rules"),
        *("project", "steps", "testing"),
    ]
    assert cicd.steps.__all__ == [
        *("build", "database", "format", "image", "lint", "migrations"),
        *("push", "run", "stack", "test", "types"),
    ]
    assert cicd.testing.__all__ == ["FakeRunner"]


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    for module in (cicd, cicd.steps, cicd.testing):
        for name in module.__all__:
            assert getattr(module, name).__doc__, f"{module.__name__}.{name}"


def test_any_order_of_first_use_gives_the_same_things_without_a_warning() -> None:
    """`cicd.project` is a function and `cicd._project` its module; names are imported late."""
    code = (
        "import cicd\n"
        "assert cicd.Project.__name__ == 'Project'\n"
        "assert callable(cicd.project) and cicd.project is cicd.project\n"
        "for name in reversed(cicd.__all__): getattr(cicd, name)\n"
        "from cicd import *\n"
        "import cicd.steps, cicd.testing\n"
        "assert cicd.steps is steps and not hasattr(cicd, 'nothing')"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
