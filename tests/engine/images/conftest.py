"""Miniature repositories whose images are really built."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from tests.engine.images.shops import MakeShop, Shop, docker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@pytest.fixture
def make_shop(tmp_path: Path) -> Iterator[MakeShop]:
    """Repositories whose local images are gone afterwards."""
    shops: list[Shop] = []

    def make(files: Mapping[str, str]) -> Shop:
        shops.append(Shop(tmp_path / f"shop-{uuid.uuid4().hex[:8]}", files))
        return shops[-1]

    yield make
    for shop in shops:
        names = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
        if mine := [name for name in names if f"/{shop.root.name}-" in name]:
            docker("image", "rm", "--force", *mine)
