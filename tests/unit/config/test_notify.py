import pytest

from cicd.config.notify import Notify
from cicd.config.notify_checks import check_notify
from cicd.errors import SettingsError

ADDRESS = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def test_an_address_is_given_by_where_it_is() -> None:
    channels = (
        Notify("env:SLACK"),
        Notify("file:address", name="mail"),
        Notify("cmd:vault read x"),
    )
    check_notify(channels)


@pytest.mark.parametrize("url", [ADDRESS, "mailto://me@shop.example", "", "SLACK", "env:"])
def test_an_address_as_it_is_would_stand_in_the_repository(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        check_notify([Notify(url)])
    assert str(refused.value) == (
        "noxfile.py: cicd.Notify(…)\n"
        "  `url` says where a secret is, not what it is\n"
        '  write "env:NAME", "file:path" or "cmd:command"'
    )


def test_a_field_of_another_kind_is_told() -> None:
    with pytest.raises(SettingsError, match="`url` must be a string, not a int"):
        check_notify([Notify(7)])  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="`name` must be a string"):
        check_notify([Notify("env:SLACK", name=None)])  # type: ignore[arg-type]


def test_the_same_people_are_not_told_twice() -> None:
    with pytest.raises(SettingsError, match="the same people would be told twice"):
        check_notify([Notify("env:SLACK"), Notify("env:SLACK", name="again")])


def test_a_wrong_call_is_a_few_lines_that_do_not_show_the_address() -> None:
    with pytest.raises(SettingsError, match="its address is missing\n.*env:SLACK_URL"):
        Notify()  # type: ignore[call-arg]
    with pytest.raises(SettingsError, match="`when` is not a field") as refused:
        Notify(ADDRESS, when="red")  # type: ignore[call-arg]
    assert ADDRESS not in str(refused.value)
    with pytest.raises(SettingsError, match="only its address goes without a name") as refused:
        Notify(ADDRESS, "red")  # type: ignore[misc]
    assert ADDRESS not in str(refused.value)
