"""`python -m cicd.images.proofs.removal NAME`: removes the container that a killed run left."""

from __future__ import annotations

import os
import sys

from cicd.images.proofs import container
from cicd.system import engine

_LIMIT_S = 30.0


def main(name: str) -> None:
    where = engine.find_engine(os.environ)
    if where is not None:
        client = engine.connect(where, os.environ, _LIMIT_S)
        container.remove(client, name)
        client.close()


if __name__ == "__main__":
    main(sys.argv[1])
