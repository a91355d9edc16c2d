"""What a test needs and this machine does not have."""

import os
from typing import NoReturn

import pytest

# Read before the fixtures of a test take it away.
_STRICT = os.environ.get("CI", "").lower() not in ("", "0", "false")


def lacking(reason: str) -> NoReturn:
    """Skips the test; where CI is set a gap is a failure."""
    if _STRICT:
        pytest.fail(f"not verified, and CI is set: {reason}")
    pytest.skip(reason)
