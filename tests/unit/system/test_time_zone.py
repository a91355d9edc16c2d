"""The rules of the time zone of this machine."""

from pathlib import Path

from cicd.system.time_zone import read_rules


def test_zones_of_one_abbreviation_are_told_apart_by_their_rules(tmp_path: Path) -> None:
    for zone, rules in (("Asia/Shanghai", b"CST-8"), ("America/Costa_Rica", b"CST6")):
        (tmp_path / zone).parent.mkdir()
        (tmp_path / zone).write_bytes(rules)
    environ = {"TZDIR": str(tmp_path)}
    one = read_rules({**environ, "TZ": "Asia/Shanghai"})
    assert one and one != read_rules({**environ, "TZ": "America/Costa_Rica"})
    assert one == read_rules({**environ, "TZ": ":Asia/Shanghai"})
    assert one == read_rules({"TZ": str(tmp_path / "Asia" / "Shanghai")})


def test_a_link_to_a_zone_and_a_copy_of_it_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "zone").write_bytes(b"CST-8")
    (tmp_path / "copy").write_bytes(b"CST-8")
    (tmp_path / "link").symlink_to("zone")
    copy, link = (read_rules({}, str(tmp_path / name)) for name in ("copy", "link"))
    assert copy and copy == link


def test_rules_that_no_file_has_are_none(tmp_path: Path) -> None:
    assert read_rules({}, str(tmp_path / "nothing")) == ""
    assert read_rules({"TZ": "CST6CDT,M3.2.0,M11.1.0"}) == ""
    assert read_rules({"TZ": ""}) == ""
