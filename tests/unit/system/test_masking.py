import io
import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape, quoteattr

import pytest
from _pytest._io.saferepr import saferepr

from cicd.model import Secret
from cicd.system.masking import MaskedStream, Masks, is_common


def masks_of(*secrets: str) -> Masks:
    masks = Masks()
    for secret in secrets:
        masks.add(Secret(secret))
    return masks


def test_a_secret_shows_as_stars() -> None:
    assert masks_of("s3cret").apply("a s3cret b") == "a *** b"


def test_each_line_of_a_secret_is_masked() -> None:
    assert masks_of("f1rst one\ns3cond").apply("x s3cond y") == "x *** y"


def test_the_longer_of_two_secrets_wins() -> None:
    assert masks_of("pass", "password").apply("password") == "***"


def test_very_short_secrets_do_not_turn_every_text_into_stars() -> None:
    assert masks_of("a").apply("a banana") == "a banana"


def test_a_secret_cut_between_two_writes_is_masked() -> None:
    shown = io.StringIO()
    stream = MaskedStream(shown, masks_of("s3cret"))
    for piece in ("one s3c", "ret two", " s3"):
        stream.write(piece)
    stream.close()
    assert shown.getvalue() == "one *** two s3"


def test_text_without_the_beginning_of_a_secret_is_shown_at_once() -> None:
    shown = io.StringIO()
    MaskedStream(shown, masks_of("s3cret")).write("....")
    assert shown.getvalue() == "...."


def test_a_secret_has_no_readable_representation() -> None:
    assert f"{Secret('abc')} {Secret('abc')!r} {[Secret('abc')]}" == "*** *** [***]"


@pytest.mark.parametrize("secret", ["pass<&>word", 'pass"word', "pass\\wörd"])
def test_a_secret_is_masked_as_files_spell_it(secret: str, tmp_path: Path) -> None:
    spelled = [secret, escape(secret), quoteattr(secret), json.dumps(secret), repr(secret)]
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "junit.xml").write_text("\n".join(spelled), encoding="utf-8")
    masks_of(secret).apply_below(tmp_path)
    masked = (tmp_path / "reports" / "junit.xml").read_text(encoding="utf-8").split("\n")
    assert [line.strip("\"'") for line in masked] == ["***"] * 5


def test_in_what_is_no_text_a_secret_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"\xff s3cret \x00")
    masks_of("s3cret").apply_below(tmp_path)
    assert (tmp_path / "data").read_bytes() == b"\xff ****** \x00"


def test_a_key_that_is_printed_line_by_line_is_masked_however_it_is_indented() -> None:
    masks = masks_of("-----BEGIN KEY-----\n  MIIEvgIBADANBgk\n  qhkiG9w0BAQEFA\n")
    assert masks.apply("one\n    MIIEvgIBADANBgk\ntwo") == "one\n    ***\ntwo"


@pytest.mark.parametrize(
    "spell", [lambda t: quote(t, safe=""), quote_plus, lambda t: b64encode(t.encode()).decode()]
)
def test_a_secret_is_masked_in_addresses_and_in_base64(spell: Callable[[str], str]) -> None:
    masks = masks_of("pass word/+&")
    assert spell("pass word/+&") not in masks.apply(f"a {spell('pass word/+&')} b")


def test_each_line_of_a_secret_is_announced_once() -> None:
    told: list[str] = []
    masks = Masks(told.append)
    for _ in range(2):
        masks.add(Secret("f1rst one\n\n  s3cond\nf1rst one\n}\n"))
    assert told == ["f1rst one", "s3cond"]


@pytest.mark.parametrize("text", ["test", "postgres", "Password", "abcdefg", "12345678"])
def test_a_word_that_reports_are_full_of_is_common(text: str) -> None:
    assert is_common(text)


@pytest.mark.parametrize("text", ["hunter2", "s3cr3t", "topsecret", "ghp_0123456789"])
def test_what_nobody_writes_by_chance_is_not_common(text: str) -> None:
    assert not is_common(text)


def test_a_chatty_tool_is_masked_in_good_time_though_the_secret_is_long() -> None:
    masks = masks_of("\n".join(f"{number:064d}" for number in range(100)))
    stream = MaskedStream(io.StringIO(), masks)
    begun = time.process_time()
    for _ in range(1000):
        stream.write("000 tests passed, 000 failed\n")
    assert time.process_time() - begun < 5


def test_an_address_whose_password_is_masked_stays_readable() -> None:
    masks = masks_of("s3cret")
    masks.cover(Secret("postgresql://me:s3cret@db/shop"))
    masks.cover(Secret("another one"))
    shown = masks.apply("postgresql://me:s3cret@db/shop, another one")
    assert shown == "postgresql://me:***@db/shop, ***"


def test_of_several_lines_common_words_are_left() -> None:
    told: list[str] = []
    masks = Masks(told.append)
    masks.add(Secret("users:\n  test\nmain\nprice\ntoken: a1b2c3d4"))
    assert told == ["token: a1b2c3d4"]
    assert masks.apply("users: test main price") == "users: test main price"


def test_a_single_common_word_that_is_given_as_a_secret_is_masked() -> None:
    assert masks_of("postgres").apply("a postgres b") == "a *** b"


FORMS: list[Callable[[str], str]] = [repr, ascii, json.dumps, quoteattr, escape]


@pytest.mark.parametrize("secret", ['pl4n"q<&>te', "it's\\s3cret", "s3crèt'\"x", "plain-s3cret"])
@pytest.mark.parametrize("first", FORMS)
@pytest.mark.parametrize("second", FORMS)
def test_a_secret_is_masked_that_was_quoted_twice(
    secret: str, first: Callable[[str], str], second: Callable[[str], str]
) -> None:
    if first in (quoteattr, escape):
        first = str
    shown = masks_of(secret).apply(second(f"at {first(f'said: {secret}.')};"))
    assert "said: ***." in shown


@pytest.mark.parametrize("quote_as", ["&apos;", "&#x27;", "&#39;"])
def test_an_apostrophe_is_masked_however_xml_spells_it(quote_as: str) -> None:
    assert masks_of("it's s3cret").apply(f"it{quote_as}s s3cret") == "***"


@pytest.mark.parametrize("before", ["", "u:", "me:", "user:", "x-access-token:"])
@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("after", ["", "\n"])
def test_a_secret_is_masked_where_base64_has_it_in_the_middle(
    before: str, encode: Callable[[bytes], bytes], after: str
) -> None:
    secret = "ghp_0?3~5é7890abc"
    encoded = encode(f"{before}{secret}{after}".encode()).decode()
    shown = masks_of(secret).apply(encoded)
    assert "***" in shown
    assert len(shown) <= len(before) * 2 + 9


@pytest.mark.parametrize("size", [28, 30, 31, 240])
def test_a_secret_that_pytest_cuts_in_its_middle_shows_neither_end(size: int) -> None:
    secret = "eyJhbGciOiJIUzI1." + "abcdef0123" * 30 + ".In0.sigsigsig"
    cut = saferepr(secret, maxsize=size)
    assert "..." in cut
    masks = masks_of(secret)
    assert masks.apply(cut) == "'***...***'"
    for beside in ("it is ", "Bearer "):
        shown = masks.apply(saferepr(f"{beside}{secret}", maxsize=size))
        assert "eyJhbGc" not in shown and "sig" not in shown


def test_a_cut_secret_that_comes_in_pieces_shows_neither_end() -> None:
    secret, shown = "eyJhbGciOiJIUzI1.abcdef0123abcdef.In0.sigsigsig", io.StringIO()
    stream = MaskedStream(shown, masks_of(secret))
    for letter in f"is {secret[:12]}...{secret[-13:]}!":
        stream.write(letter)
    stream.close()
    assert shown.getvalue() == "is ***...***!"


def test_names_of_files_are_masked_and_can_be_uploaded(tmp_path: Path) -> None:
    for name in ("a/s3cret/b.txt", "a/s3cret.log", "a/0s3cret1.log", "a/part/of.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    masks = masks_of("s3cret", "part/of", "0s3cret1")
    masks.apply_below(tmp_path)
    found = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert len(found) == 4
    assert found >= {"a/masked/b.txt", "a/masked.txt", "a/masked.log"}
    assert "s3cret" not in " ".join(map(str, tmp_path.rglob("*")))


def test_many_secrets_do_not_slow_a_chatty_tool_down() -> None:
    masks = masks_of(*(f"it's-\"s3cret\"-{number:02d}-{'ab1' * 12}" for number in range(20)))
    stream = MaskedStream(io.StringIO(), masks)
    begun = time.process_time()
    for _ in range(1000):
        stream.write("it is 000 tests passed, 000 failed\n" * 10)
    assert time.process_time() - begun < 5
