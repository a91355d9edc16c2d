import subprocess
import sys
from dataclasses import replace

from cicd.system.owner import Owner, current_owner, owner_of


def test_this_process_lives_and_can_be_written_down() -> None:
    owner = current_owner()
    assert Owner.parse(str(owner)) == owner
    assert not owner.is_dead()


def test_a_process_that_ended_is_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        owner = owner_of(process.pid)
        assert not owner.is_dead()
    assert owner.is_dead()


def test_a_later_process_of_the_same_number_is_another() -> None:
    assert replace(current_owner(), started="1").is_dead()


def test_an_owner_before_the_last_boot_is_dead() -> None:
    assert replace(current_owner(), boot="another").is_dead()


def test_a_process_of_another_host_is_not_ours_to_judge() -> None:
    assert not replace(current_owner(), host="elsewhere", started="1").is_dead()


def test_a_process_of_another_container_is_not_ours_to_judge() -> None:
    assert not replace(current_owner(), namespace="1", started="1").is_dead()


def test_a_text_that_is_not_ours_is_no_owner() -> None:
    assert Owner.parse("something else") is None
