"""Processes that work on jobs side by side, behind :class:`concurrent.futures.Executor`; a lost one is replaced."""

from __future__ import annotations

import concurrent.futures
import contextlib
import contextvars
import ctypes
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from autograder.course import CourseError

log = logging.getLogger(__name__)

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
QUIET = {"TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
LOOK = 1.0  # seconds between two looks at hung processes
SCHEDULER_SECONDS = 10  # to wait for an answer
_one_at_a_time = threading.Lock()  # a scheduler's worker may have several threads; pytest and kernels stand only one
_context = contextvars.copy_context()  # jupyter keeps its event loop in one; a scheduler's worker begins a new one for every job


@dataclass(frozen=True)
class Job:
    """``function(argument, **options)``; the function can be imported, and everything can be pickled."""

    function: Callable[..., Any]
    argument: Any
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lost:
    """The outcome of a job whose process ended without one: the job's doing, or that of one beside it."""

    why: str


class Workers:
    """Runs jobs on an executor and yields their outcomes as they come: a value, an exception, or :class:`Lost`.

    Attributes:
        width: how many jobs are under way at once.
    """

    width: int
    lost_when: tuple[type[Exception], ...] = (BrokenProcessPool,)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        raise NotImplementedError

    def executor(self) -> Executor:
        """A working executor; a new one where the last one broke."""
        raise NotImplementedError

    def broke(self, executor: Executor) -> None:
        """``executor`` is of no use any more."""

    def overdue(self, since: dict[Future[Any], float]) -> None:
        """Called now and then with when each pending job began."""

    def run(self, jobs: Iterable[Job], width: int | None = None) -> Iterator[tuple[Job, Any]]:
        """Run all jobs, at most ``width`` at once. No job waits in a broken executor, so only those under way can be lost with it."""
        waiting = list(reversed(list(jobs)))
        pending: dict[Future[Any], tuple[Job, Executor]] = {}
        since: dict[Future[Any], float] = {}
        while waiting or pending:
            while waiting and len(pending) < (width or self.width):
                executor = self.executor()
                try:
                    future = executor.submit(_work, waiting[-1])
                except BrokenProcessPool:  # between two jobs
                    self.broke(executor)
                    continue
                pending[future], since[future] = (waiting.pop(), executor), time.monotonic()
            finished, _ = concurrent.futures.wait(pending, timeout=LOOK, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in finished:
                del since[future]
                job, executor = pending.pop(future)
                yield job, self._outcome(future, executor)
            self.overdue(since)

    def _outcome(self, future: Future[Any], executor: Executor) -> Any:
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, self.lost_when):
            self.broke(executor)
            return Lost(f"{type(error).__name__}: {str(error).partition(chr(10))[0]}")
        if isinstance(error, Exception):
            return error
        raise error


class Pool(Workers):
    """A pool of new processes of one thread each, rebuilt when one of them dies.

    They are started, not forked: they hold nothing of this process, and work with the code as it is on disk now.
    """

    def __init__(self, width: int, seconds: float, prepare: Callable[[], None] | None = None) -> None:
        """``seconds``: when a process is taken for hung. ``prepare``: called once in each new process; it can be imported."""
        self.width = max(width, 1)
        self.prepare = prepare
        self.seconds = seconds
        self._pool: ProcessPoolExecutor | None = None
        self._environment = contextlib.ExitStack()

    def __enter__(self) -> Pool:
        self._environment.enter_context(_environment(ONE_THREAD | QUIET))
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._environment.close()
        if self._pool is not None:
            if kind is not None:
                self._kill()
            self._pool.shutdown(wait=True, cancel_futures=True)

    def executor(self) -> Executor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.width, multiprocessing.get_context("spawn"), initializer=_start, initargs=(self.prepare,))
        return self._pool

    def broke(self, executor: Executor) -> None:
        executor.shutdown(wait=False, cancel_futures=True)
        if executor is self._pool:
            self._pool = None

    def overdue(self, since: dict[Future[Any], float]) -> None:
        if since and time.monotonic() - min(since.values()) > self.seconds:
            log.error("a worker did not come back within %g seconds and is ended", self.seconds)
            since.update(dict.fromkeys(since, time.monotonic()))
            self._kill()

    def _kill(self) -> None:
        # The executor has no public way to end a worker that hangs before Python 3.14.
        for process in list((getattr(self._pool, "_processes", None) or {}).values()):
            process.kill()


class _Scheduler(Workers):
    """The workers of a dask.distributed scheduler. It replaces those that die and gives up on a job that keeps killing them."""

    def __init__(self, client: Any) -> None:
        from distributed.scheduler import KilledWorker

        self.client = client
        self.lost_when = (KilledWorker,)
        self.width = max(sum(client.nthreads().values()), 1)
        self._executor = client.get_executor(pure=False)

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(wait=False)
        self.client.close()

    def executor(self) -> Executor:
        return self._executor


def scheduled(address: str) -> Workers:
    """The workers behind a dask.distributed scheduler.

    Raises:
        CourseError: nobody answers at that address, or it has no workers.
    """
    from distributed import Client

    try:
        client = Client(address, timeout=SCHEDULER_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise CourseError(f"{address}: no scheduler answers there ({error}). Start one with: dask scheduler") from None
    if not client.nthreads():
        client.close()
        raise CourseError(f"{address}: the scheduler has no workers. Start some with: dask worker {address} --nthreads 1")
    return _Scheduler(client)


def _work(job: Job) -> Any:
    with _one_at_a_time:
        try:
            return _context.run(job.function, job.argument, **job.options)
        finally:
            _trim()


def _trim() -> None:
    """Give freed memory back to the system: glibc keeps what threads free, a megabyte more with every submission."""
    if (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)


def _start(prepare: Callable[[], None] | None) -> None:
    """Make a new process end when the one that started it is gone, however it went, and keep the screen to that one."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # not ignored: kernels would inherit that
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.close(nothing)
    if prepare is not None:
        prepare()


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """These variables for every process started meanwhile."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
