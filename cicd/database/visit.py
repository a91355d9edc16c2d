"""What a test process may ask of the session that started it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cicd.errors import CicdError
from cicd.system.process import plain_env

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cicd.database.handout import Handout
    from cicd.database.progress import Progress

    Request = Mapping[str, object]
    Reply = Mapping[str, object] | None


_MOST_WORKERS = 64


class TestProcess:
    """One test process, connected; what it was given is its own until it hangs up.

    Keeps the promises of `listener.Visit`. `about` is what every process is told first.
    """

    __test__ = False

    def __init__(
        self, about: Mapping[str, str], progress: Progress, handout: Handout | None
    ) -> None:
        self._about, self._progress, self._handout = about, progress, handout
        self._name = ""
        self._databases: set[str] = set()
        self._operations = {
            "hello": self._hello,
            "expect": self._expect,
            "worker": self._worker,
            "fresh": self._fresh,
            "release": self._release,
            "running": self._running,
            "finished": self._finished,
            "collected": self._collected,
            "look": self._look,
        }

    def answer(self, request: Request) -> Reply:
        operation = self._operations.get(str(request.get("op")))
        if operation is None:
            return {"error": f"cicd: no such request: {request.get('op')}"}
        try:
            return operation(request)
        except CicdError as error:
            return {"error": str(error)}

    def end(self) -> None:
        self._progress.leave(self._name)
        if self._handout is not None:
            for dbname in self._databases:
                self._handout.give_back(dbname)

    def _hello(self, request: Request) -> Reply:
        self._name = self._progress.arrive(str(request.get("worker")), request.get("pid"))
        return self._about

    def _expect(self, request: Request) -> Reply:
        """So many workers will ask for their databases soon."""
        count = request.get("count")
        if self._handout is not None and isinstance(count, int):
            self._handout.databases.expect(min(count, _MOST_WORKERS))
        return None

    def _worker(self, _: Request) -> Reply:
        if self._handout is None:
            return {"env": {}}
        return self._given(self._handout, self._handout.give_to_process(self._name))

    def _fresh(self, request: Request) -> Reply:
        if self._handout is None:
            return {"error": "cicd: there is no database of ours in this run"}
        return self._given(self._handout, self._handout.give_to_test(str(request.get("nodeid"))))

    def _given(self, handout: Handout, dbname: str) -> Reply:
        self._databases.add(dbname)
        return {"dbname": dbname, "env": plain_env({}, handout.env(dbname))}

    def _release(self, request: Request) -> Reply:
        dbname = str(request.get("dbname"))
        if self._handout is not None and dbname in self._databases:
            self._databases.remove(dbname)
            self._handout.give_back(dbname, wanted=request.get("failed") is True)
        return None

    def _running(self, request: Request) -> Reply:
        self._progress.begin(self._name, str(request.get("nodeid")))
        return None

    def _finished(self, _: Request) -> Reply:
        self._progress.finish(self._name)
        return None

    def _collected(self, request: Request) -> Reply:
        count = request.get("count")
        self._progress.collect(count if isinstance(count, int) else 0)
        return None

    def _look(self, _: Request) -> Reply:
        """Before the process drops what it made: nothing of it is to be seen afterwards."""
        return {"used": self._handout is not None and self._handout.databases.was_used()}
