import io

from cicd.model import Secret
from cicd.system.masking import MaskedStream, Masks


def masks_of(*secrets: str) -> Masks:
    masks = Masks()
    for secret in secrets:
        masks.add(Secret(secret))
    return masks


def test_a_secret_shows_as_stars() -> None:
    assert masks_of("s3cret").apply("a s3cret b") == "a *** b"


def test_each_line_of_a_secret_is_masked() -> None:
    assert masks_of("first\nsecond").apply("x second y") == "x *** y"


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
