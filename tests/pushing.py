"""Fixtures of the tests that push: images of a few bytes in an engine, and real registries."""

import contextlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import docker
import pytest
from tests.archives import make_tar
from tests.publishing import Publishing, publishing
from tests.registry import RunningRegistry, running_registry

LABEL = "org.opencontainers.image."
Make = Callable[..., str]


@pytest.fixture(scope="session")
def make_image() -> Iterator[Make]:
    """Makes an image of some layers of files, and returns what the engine calls it."""
    with contextlib.closing(docker.from_env()) as client:
        made = list[str]()

        def make(*layers: dict[str, str], **labels: str) -> str:
            context = io.BytesIO(_context(layers, labels))
            image, _ = client.images.build(fileobj=context, custom_context=True, rm=True)
            made.append(str(image.id))
            return str(image.id)

        yield make
        for image_id in reversed(made):  # parents after their children
            with contextlib.suppress(docker.errors.APIError):
                client.images.remove(image_id, force=True)


def _context(layers: tuple[dict[str, str], ...], labels: dict[str, str]) -> bytes:
    archives = {
        f"layer{number}.tar": make_tar({name: text.encode() for name, text in one.items()})
        for number, one in enumerate(layers)
    }
    lines = ["FROM scratch", f'LABEL {LABEL}title="a test"', 'CMD ["/none"]']
    lines += [f'LABEL {LABEL}{name}="{value}"' for name, value in labels.items()]
    lines += [f"ADD {name} /" for name in archives]
    return make_tar({"Dockerfile": "\n".join(lines).encode(), **archives})


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRegistry]:
    with running_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture(scope="session")
def other_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRegistry]:
    """Wants a login."""
    with running_registry(tmp_path_factory.mktemp("other"), login=True) as running:
        yield running


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publishing]:
    with publishing(tmp_path / "shop") as made:
        yield made
