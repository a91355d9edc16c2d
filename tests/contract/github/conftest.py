from collections.abc import Iterator

import pytest
from tests.github_api import GitHub, running_github


@pytest.fixture
def github() -> Iterator[GitHub]:
    with running_github() as server:
        yield server
