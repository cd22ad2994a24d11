"""The thread that starts processes: a sandbox ends with the *thread* that started it, so that must outlive every worker's."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache
from typing import Any


class _Spawner(threading.Thread):
    """Starts processes one after another, as long as the program lives."""

    def __init__(self) -> None:
        super().__init__(name="sandbox-spawner", daemon=True)
        self.orders: queue.SimpleQueue[tuple[Future, Callable[[], Any]]] = queue.SimpleQueue()
        self.start()

    def run(self) -> None:
        while True:
            future, order = self.orders.get()
            try:
                future.set_result(order())
            except BaseException as error:
                future.set_exception(error)


@cache
def _spawner(_pid: int) -> _Spawner:
    return _Spawner()


def spawn(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    """``subprocess.Popen`` in the spawner's thread."""
    future: Future = Future()
    _spawner(os.getpid()).orders.put((future, lambda: subprocess.Popen(command, **options)))
    return future.result()
