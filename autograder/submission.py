"""``submission`` for hidden checks: the student's notebook in its sandbox, reached from the grader's process.

Nothing that decides a score enters the kernel, and whatever comes back is text that :mod:`course_lib.kit.wire` reads strictly.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from autograder.sandbox.client import Flooded, KernelGone, Overdue
from autograder.sandbox.session import Exhausted, Session
from course_lib.kit.binding import BadReply, StudentError, Submission, TimedOut


class KernelDied(StudentError):
    """The student's code ended the process that it ran in."""


class SandboxSubmission(Submission):
    """Calls into the kernel of a :class:`Session`, which brings it back a few times when a call ends it.

    All calls together may take twice the time of the notebook itself; after that, every further call is over at once.
    """

    def __init__(self, session: Session, student: str = "", sources: Mapping[str, str] | None = None) -> None:
        self.session = session
        self.student = student
        self.sources = sources or {}
        self._left = 2 * session.limits.total_seconds

    def _exchange(self, request: str, timeout: float) -> str:
        started = time.monotonic()
        seconds = min(timeout, self._left)
        try:
            return self._asked(request, seconds)
        finally:
            self._left -= time.monotonic() - started

    def _asked(self, request: str, seconds: float) -> str:
        if seconds <= 0:
            raise TimedOut("앞선 호출들이 주어진 시간을 모두 써서 더 실행하지 않았습니다.")
        try:
            kernel = self.session.revived(self._left)
        except Exhausted:
            raise KernelDied("앞선 호출에서 커널이 거듭 꺼져 더 실행하지 않았습니다.") from None
        try:
            data = kernel.ask(request, seconds)
        except Overdue:
            raise TimedOut(f"{seconds:.3g}초 안에 끝나지 않았습니다. 끝나지 않는 반복이 있는지 보세요.") from None
        except Flooded:
            raise KernelDied("실행하는 동안 너무 많은 출력을 내보내 중단했습니다.") from None
        except KernelGone:
            raise KernelDied(self._cause(kernel.jail.died_of())) from None
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            raise BadReply("결과를 읽을 수 없습니다: UTF-8이 아닙니다.") from None

    def _cause(self, reason: str) -> str:
        match reason:
            case "memory":
                return f"실행하는 동안 메모리를 {self.session.limits.memory_mb:,}MB보다 많이 써서 중단했습니다."
            case "processes":
                return f"실행하는 동안 프로세스와 스레드를 {self.session.limits.processes}개보다 많이 만들어 중단했습니다."
            case "disk":
                return "실행하는 동안 파일을 너무 많이 만들어 중단했습니다."
        return "실행하는 동안 커널이 꺼졌습니다(os._exit, 메모리 오류 등)."
