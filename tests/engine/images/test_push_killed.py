"""A push that is killed leaves nothing of the image on the disk, and no tag."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.faulty_proxy import faulty_proxy
from tests.oci import place_at
from tests.publishing import Publishing
from tests.pushing import Make, make_image, publisher, registry
from tests.registry import RunningRegistry

__all__ = ["make_image", "publisher", "registry"]

pytestmark = pytest.mark.engine
PUSH = """
import json, sys
from pathlib import Path
from tests.publishing import Publishing
from cicd.config.parts import Image

root, repository, environ = sys.argv[1:]
images = (Image("api", context="api", repository=repository),)
Publishing(Path(root), json.loads(environ), images=images).push()
"""


def test_a_push_that_is_killed_leaves_nothing(
    publisher: Publishing, registry: RunningRegistry, make_image: Make
) -> None:
    with faulty_proxy(registry.host) as proxy:
        repository = f"{proxy.host}/killed"
        publisher.declare("api", repository)
        publisher.commit()
        publisher.verify(api=make_image({"some": "file"}))
        environ = json.dumps(publisher.environ)
        started: list[subprocess.Popen[bytes]] = []
        found: list[Path] = []

        def kill() -> None:
            found.extend(Path(publisher.root, ".cicd").glob("push-*"))
            os.kill(started[0].pid, signal.SIGKILL)

        proxy.add(method="POST", path="/blobs/uploads/", before=kill, resets=True)
        command = [sys.executable, "-c", PUSH, str(publisher.root), repository, environ]
        started.append(subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL))
        assert started[0].wait(60) == -signal.SIGKILL
        assert len(found) == 1
        deadline = time.monotonic() + 20
        while found[0].exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not found[0].exists()
        with place_at(repository) as place:
            assert place.client.tags(place.repository) == ()
        proxy.faults.clear()
        assert publisher.push().metrics["new_tags"] == 4
