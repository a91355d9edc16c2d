"""Python imports this at its start where `cicd` watches tests: it loads the watcher.

It stands in front of a `sitecustomize` that the project or the machine has, and runs that too.
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


def _next() -> None:
    from importlib.machinery import PathFinder

    others = [path for path in sys.path if os.path.abspath(path or ".") != _HERE]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(sys.modules[__name__])


try:
    if os.environ.get("CICD_READS"):
        import cicd_watcher  # type: ignore[import-not-found,unused-ignore]

        cicd_watcher.watch(os.environ)
finally:
    _next()
