"""How far the tests of a run have come, process by process."""

from __future__ import annotations

import threading


class Progress:
    """What the test processes told. Any thread may write."""

    def __init__(self) -> None:
        self.running: dict[str, str] = {}
        self.finished = 0
        self.collected = 0
        self._present: set[str] = set()
        self._changing = threading.Condition()

    def arrive(self, worker: str, pid: object) -> str:
        """The name of a process from now on; a second one of a name gets its number behind."""
        with self._changing:
            name = f"{worker}:{pid}" if worker in self._present else worker
            self._present.add(name)
        return name

    def leave(self, name: str) -> None:
        """What it was running stays: that is how a crash is told from an end."""
        with self._changing:
            self._present.discard(name)
            self._changing.notify_all()

    def settle(self, timeout_s: float) -> None:
        """Waits until every process has hung up, so that their last words are known."""
        with self._changing:
            self._changing.wait_for(lambda: not self._present, timeout_s)

    def begin(self, name: str, nodeid: str) -> None:
        with self._changing:
            self.running[name] = nodeid

    def finish(self, name: str) -> None:
        with self._changing:
            self.running.pop(name, None)
            self.finished += 1

    def collect(self, count: int) -> None:
        """Under xdist every worker finds all tests."""
        with self._changing:
            self.collected = max(self.collected, count)
