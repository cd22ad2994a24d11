"""Messages between simulated ranks, counted: who sent how many bytes to whom in which step.

All ranks live in one process. A step is what happens at once: every rank sends, then every rank receives, then ``barrier()`` ends it.
The transport copies what is sent, as a wire would, and refuses what no wire could do.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        step: the step in which it went, from 0.
        src, dst: ranks.
        bytes: the size of its content.
        tensor: a copy of its content.
    """

    step: int
    src: int
    dst: int
    bytes: int
    tensor: Any


class Transport:
    """A network of ``world`` ranks that keeps a record.

    Attributes:
        messages: every :class:`Message` so far.
        step: how many steps were ended by :meth:`barrier`.
    """

    def __init__(self, world: int) -> None:
        self.world = world
        self.step = 0
        self.messages: list[Message] = []
        self._waiting: dict[tuple[int, int], deque[Any]] = defaultdict(deque)
        self._receiving = False

    def send(self, src: int, dst: int, tensor: Any) -> None:
        """Put a copy of ``tensor`` on the way from ``src`` to ``dst``.

        Raises:
            ValueError: a rank that does not exist, or a message to oneself.
            RuntimeError: some rank has received in this step already.
        """
        self._check(src, dst)
        if self._receiving:
            raise RuntimeError("한 단계에서는 모두 보낸 다음에 받습니다. 다음에 보낼 것이 있으면 barrier()로 단계를 끝내세요.")
        copy = tensor.detach().clone()
        self.messages.append(Message(self.step, src, dst, copy.numel() * copy.element_size(), copy))
        self._waiting[src, dst].append(copy.clone())  # whoever receives may write into it

    def recv(self, src: int, dst: int) -> Any:
        """What ``src`` sent to ``dst`` in this step; of several messages, the first that was not yet received.

        Raises:
            ValueError: a rank that does not exist, or a message to oneself.
            RuntimeError: nothing is on the way: real ranks would wait for ever.
        """
        self._check(src, dst)
        self._receiving = True
        if not self._waiting[src, dst]:
            raise RuntimeError(f"랭크 {src}이(가) 랭크 {dst}에게 보낸 것이 없습니다. 실제라면 영원히 기다립니다.")
        return self._waiting[src, dst].popleft()

    def barrier(self) -> None:
        """End the step.

        Raises:
            RuntimeError: a message of this step was not received.
        """
        lost = [pair for pair, queue in self._waiting.items() if queue]
        if lost:
            raise RuntimeError(f"받지 않은 메시지가 있습니다: (보낸 랭크, 받을 랭크) = {lost}")
        self.step += 1
        self._receiving = False

    def bytes_from(self, rank: int) -> int:
        """Bytes that a rank has sent so far."""
        return sum(message.bytes for message in self.messages if message.src == rank)

    @property
    def total_bytes(self) -> int:
        """Bytes that all ranks have sent so far."""
        return sum(message.bytes for message in self.messages)

    def _check(self, src: int, dst: int) -> None:
        if not (0 <= src < self.world and 0 <= dst < self.world) or src == dst:
            raise ValueError(f"랭크 {src}에서 랭크 {dst}(으)로는 보낼 수 없습니다. 랭크는 0–{self.world - 1}이고 서로 달라야 합니다.")
