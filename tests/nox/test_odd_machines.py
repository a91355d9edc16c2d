"""What a machine may do to a run: it ends with a line that says so, and never with a traceback."""

import pytest
from tests.nox.conftest import THREE_LINES, Repository

TWO = THREE_LINES + """

@project.session(part_of="ci")
def first(session):
    \"\"\"The first.\"\"\"


@project.session(part_of="ci")
def second(session):
    \"\"\"The second.\"\"\"
    {body}
"""


def test_a_folder_that_cannot_be_written_to_is_named(repository: Repository) -> None:
    repository.put("noxfile.py", TWO.format(body="pass"))
    repository.put(".cicd", "a file\n")
    ended = repository.nox("-s", "first")
    assert ended.code == 1
    assert "cannot write: File exists: " in ended.output
    assert "Traceback" not in ended.output


def test_a_full_disk_is_red_and_said_in_one_line(repository: Repository) -> None:
    body = "import errno; raise OSError(errno.ENOSPC, 'No space left on device', '/data/big')"
    repository.put("noxfile.py", TWO.format(body=body))
    ended = repository.nox("-s", "second")
    assert ended.code == 1
    assert "cannot write: No space left on device: /data/big" in ended.output
    assert "Traceback" not in ended.output


def test_flags_in_one_word_choose_the_sessions_that_nox_runs(repository: Repository) -> None:
    repository.put("noxfile.py", TWO.format(body="pass"))
    ended = repository.nox("-rs", "first")
    assert ended.code == 0
    assert "Green in" in ended.last_line
    assert "did not run" not in ended.output


def test_a_noxfile_that_has_a_default_of_its_own_is_not_judged_as_ci(
    repository: Repository,
) -> None:
    text = TWO.format(body="pass") + '\nimport nox\n\nnox.options.sessions = ["first"]\n'
    repository.put("noxfile.py", text)
    ended = repository.nox()
    assert ended.code == 0
    assert "Green in" in ended.last_line


def test_a_name_of_a_run_that_is_not_ours_is_not_taken(repository: Repository) -> None:
    repository.put("noxfile.py", TWO.format(body="pass"))
    assert repository.nox("-s", "ci", CICD_RUN="../../elsewhere").code == 0
    assert not (repository.root.parent / "elsewhere").exists()


@pytest.mark.parametrize(
    "call", ["project.replace('first', vnv_backend='none')", "project.session(vnv_backend='none')"]
)
def test_an_option_that_nox_does_not_have_ends_in_a_few_lines(
    repository: Repository, call: str
) -> None:
    other = f"\n@{call}\ndef other(session): ...\n"
    repository.put("noxfile.py", TWO.format(body="pass") + other)
    ended = repository.nox("-s", "ci")
    assert ended.code == 1
    assert "vnv_backend" in ended.output
    assert "Traceback" not in ended.output


def test_what_a_session_runs_by_itself_does_not_belong_to_our_run(repository: Repository) -> None:
    code = "import os; print('named', os.environ.get('CICD_RUN', 'nothing'))"
    body = f'session.run("python", "-c", "{code}")'
    repository.put("noxfile.py", TWO.format(body=body))
    ended = repository.nox("-s", "second")
    assert ended.code == 0
    assert "named nothing" in ended.output
