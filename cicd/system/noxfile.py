"""Which noxfile this process has loaded."""

from __future__ import annotations

import os
import sys

NOXFILE = "noxfile.py"
_MODULE = "user_nox_module"


def loaded_noxfile() -> str:
    """Its name in its folder, which nox makes the working directory. Asked is Python, and not
    the command line: `-f` has many spellings, and a noxfile may also be run by itself."""
    path = getattr(sys.modules.get(_MODULE), "__file__", None)
    return os.path.basename(path or NOXFILE)
