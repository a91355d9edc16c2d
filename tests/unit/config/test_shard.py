import pytest

from cicd.config.shard import Shard, read_shard
from cicd.errors import SettingsError


def test_a_share_of_the_tests_is_read_from_the_environment() -> None:
    assert read_shard({"CICD_SHARD": "2/4"}) == Shard(2, 4)
    assert str(Shard(2, 4)) == "2/4"


@pytest.mark.parametrize("environ", [{}, {"CICD_SHARD": ""}, {"CICD_SHARD": " "}])
def test_without_one_all_tests_are_run(environ: dict[str, str]) -> None:
    assert read_shard(environ) is None


@pytest.mark.parametrize("text", ["5/4", "0/4", "2", "2/", "a/b", "2/4/6", "-1/4", "1/0", "٢/٤"])
def test_what_names_no_share_is_an_error_that_says_how(text: str) -> None:
    with pytest.raises(SettingsError, match='from "1/4" to "4/4"') as raised:
        read_shard({"CICD_SHARD": text})
    assert f'CICD_SHARD is "{text}"' in str(raised.value)
