"""Where a PostgreSQL of this machine is looked for."""

from pathlib import Path

import pytest

from cicd.database import builds, local, settings
from cicd.database.builds import Build
from cicd.database.local import LocalProvider
from cicd.database.port import Need, Refusal

NEED = Need(major="15")


def install(folder: Path, version: str) -> Path:
    """Programs that only tell their version."""
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    return folder


def test_other_majors_are_named_when_the_right_one_is_missing(tmp_path: Path) -> None:
    old = install(tmp_path / "14" / "bin", "14.3")
    provider = LocalProvider(cache=tmp_path, path="", roots=(f"{tmp_path}/{{major}}/bin",))
    assert provider.probe(NEED) == Refusal("local", f"no initdb of major 15 (found: 14 in {old})")
    assert provider.majors() == ("14",)


def test_a_build_on_path_is_found_where_it_really_is(tmp_path: Path) -> None:
    real = install(tmp_path / "real", "15.2")
    links = tmp_path / "links"
    links.mkdir()
    (links / "initdb").symlink_to(real / "initdb")
    provider = LocalProvider(cache=tmp_path, path=f"{tmp_path / 'none'}:{links}", roots=())
    assert [build.bin for build in provider._builds("15")] == [real]


def test_nothing_at_all_is_said_shortly(tmp_path: Path) -> None:
    provider = LocalProvider(cache=tmp_path, path="", roots=())
    assert provider.probe(NEED) == Refusal("local", "no initdb of major 15")


def test_a_build_of_a_newer_major_than_named_is_listed(tmp_path: Path) -> None:
    build = Build(provider="local", bin=tmp_path, version="PostgreSQL 16.1", origin="x")
    assert local.render_absence(NEED, (build,)) == (
        f"no initdb of major 15 (found: 16 in {tmp_path})"
    )


@pytest.mark.parametrize(
    ("version", "major"),
    (
        ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15"),
        ("PostgreSQL 18.4.0-beta.17", "18"),
        ("postgres (PostgreSQL) 19devel", "19"),
        ("something else 15", ""),
    ),
)
def test_the_major_is_read_from_what_the_server_says(version: str, major: str) -> None:
    assert builds.parse_major(version) == major


def test_the_commands_hold_no_password_and_sync_nothing(tmp_path: Path) -> None:
    build = Build(provider="local", bin=Path("/pg/bin"), version="PostgreSQL 15.1", origin="x")
    command = build.initdb_command(tmp_path / "data", tmp_path / "file")
    assert {"--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--wal-segsize=1"} < set(command)
    assert f"--pwfile={tmp_path / 'file'}" in command
    server = build.postgres_command(tmp_path / "data", 5, "name")
    assert {"fsync=off", "port=5", "listen_addresses=127.0.0.1", "cluster_name=name"} < set(server)


def test_the_size_of_a_log_segment_is_given_only_where_initdb_knows_it() -> None:
    assert "--wal-segsize=1" not in settings.initdb_arguments("10")
