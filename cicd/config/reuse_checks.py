"""The fields of verdicts that are reused: `reads` and `reuse`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.config.complaint import complaint

if TYPE_CHECKING:
    from cicd.config.parts import Part
    from cicd.errors import SettingsError


def check_reuse_fields(part: Part) -> None:
    """Raises `SettingsError` for what is no path, and for what is no answer. A path need not be
    there yet: what is made later counts from then on."""
    if not isinstance(part.reads, tuple) or not all(isinstance(one, str) for one in part.reads):
        hint = 'with a comma at the end of a single one: reads=("shared/rates.json",)'
        raise _wrong(part, "reads", "`reads` must be a tuple of strings", hint)
    if not all(one.strip() for one in part.reads):
        raise _wrong(part, "reads", "`reads` has an empty path", '"." is the whole repository')
    if not isinstance(part.reuse, bool) and part.reuse != "today":
        raise _wrong(part, "reuse", '`reuse` must be True, False or "today"')


def _wrong(part: Part, field: str, wrong: str, hint: str = "") -> SettingsError:
    value = repr(getattr(part, field)).replace("'", '"')
    return complaint(f'cicd.{type(part).__name__}("{part.path}", {field}={value})', wrong, hint)
