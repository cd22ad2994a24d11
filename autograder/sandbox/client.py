"""The grader's end of a kernel's sockets. Everything that arrives was written by student code: counted, bounded, never believed.

It uses ZeroMQ directly. Jupyter's own client shares one context for the whole process and lets messages queue up without a
bound: a printing loop takes the grader to gigabytes before any of its code runs.
"""

from __future__ import annotations

import contextlib
import json
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.session import Session

_QUEUE = 4  # messages that ZeroMQ may hold for us
_FRAME_BYTES = 40_000_000  # above the longest reply that may be sent
_JSON_BYTES = 8_000_000  # of content; a longer one counts as empty
_GROWTH = 256 << 20  # how much this process may grow while it waits for one answer
_TICK_MS = 50
_SEND_MS = 2_000
_NEVER_MS = 1 << 30
_DELIMITER = b"<IDS|MSG>"


class KernelGone(Exception):
    """The kernel ended while an answer was awaited."""


class Flooded(Exception):
    """More arrived than may, or a message too long to be delivered."""


class Overdue(Exception):
    """The time for an answer is over."""


@dataclass(frozen=True)
class Message:
    """One message from the kernel; ``parent`` is the id of the request that it says it belongs to."""

    channel: str
    kind: str
    parent: str
    content: dict[str, Any]
    buffers: list[bytes]


class Client:
    """Shell and iopub of one kernel."""

    def __init__(self, connection: dict[str, Any], alive: Callable[[], bool]) -> None:
        self._alive = alive
        self._context = zmq.Context()
        key = connection["key"]
        self._session = Session(key=key if isinstance(key, bytes) else key.encode(), signature_scheme="hmac-sha256")
        self._shell = self._connect(zmq.DEALER, connection, "shell_port")
        self._iopub = self._connect(zmq.SUB, connection, "iopub_port")
        self._iopub.setsockopt(zmq.SUBSCRIBE, b"")
        self._monitors = [socket.get_monitor_socket(zmq.EVENT_DISCONNECTED) for socket in (self._shell, self._iopub)]
        self._poller = zmq.Poller()
        for socket in (self._shell, self._iopub, *self._monitors):
            self._poller.register(socket, zmq.POLLIN)

    def _connect(self, kind: int, connection: dict[str, Any], port: str) -> zmq.Socket:
        socket = self._context.socket(kind)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.SNDTIMEO, _SEND_MS)  # without it, sending to a kernel that has just ended waits for ever
        socket.setsockopt(zmq.RCVHWM, _QUEUE)
        socket.setsockopt(zmq.MAXMSGSIZE, _FRAME_BYTES)
        # Never again: by then the path could lead to another program's socket. A long time and not "no": without reconnection ZeroMQ drops
        # what has arrived, and where that is the rest of a message of which the first part was read, it aborts the whole process.
        socket.setsockopt(zmq.RECONNECT_IVL, _NEVER_MS)
        socket.connect(f"ipc://{connection['ip']}-{connection[port]}")
        return socket

    def send(self, kind: str, content: dict[str, Any]) -> str:
        """Send a request on the shell channel and return its id. Raises KernelGone where nobody is there to take it."""
        message = self._session.msg(kind, content)
        try:
            self._session.send(self._shell, message)
        except zmq.Again:
            raise KernelGone from None
        return message["header"]["msg_id"]

    def messages(self, deadline: float, allowed: int) -> Iterator[Message]:
        """Yield messages as they arrive.

        Args:
            deadline: on the monotonic clock.
            allowed: bytes that may arrive on iopub.

        Raises:
            KernelGone, Flooded, Overdue
        """
        grown = _Growth()
        while True:
            ready = dict(self._poller.poll(_TICK_MS))
            for channel, socket in (("shell", self._shell), ("iopub", self._iopub)):
                if socket in ready and (frames := self._receive(socket)) is not None:
                    if channel == "iopub":
                        allowed -= sum(map(len, frames))
                        if allowed < 0:
                            raise Flooded
                    if message := _read(channel, frames):
                        yield message
            if time.monotonic() > deadline:
                raise Overdue
            if grown.too_much():
                raise Flooded
            if self._shell in ready or self._iopub in ready:
                continue
            if not self._alive():
                raise KernelGone
            if any(monitor in ready for monitor in self._monitors):
                self._lost_connection()

    def _lost_connection(self) -> None:
        """A connection ended: with the kernel, or because a message was too long to be delivered."""
        for _ in range(20):
            if not self._alive():
                raise KernelGone
            time.sleep(0.01)
        raise Flooded

    @staticmethod
    def _receive(socket: zmq.Socket) -> list[bytes] | None:
        with contextlib.suppress(zmq.Again):
            return socket.recv_multipart(zmq.NOBLOCK)
        return None

    def close(self) -> None:
        for socket in (self._shell, self._iopub):
            socket.disable_monitor()
        for monitor in self._monitors:
            monitor.close(0)
        self._shell.close(0)
        self._iopub.close(0)
        self._context.term()


def _read(channel: str, frames: list[bytes]) -> Message | None:
    """Decode one message; ``None`` for whatever is not one. The signature tells nothing: student code knows the key."""
    try:
        start = frames.index(_DELIMITER)
        _, header, parent, _, content, *buffers = frames[start + 1 :]
        if max(len(header), len(parent)) > 65_536:
            return None
        kind = json.loads(header)["msg_type"]
        parent_id = json.loads(parent).get("msg_id", "")
        body = json.loads(content) if len(content) <= _JSON_BYTES else {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not (isinstance(kind, str) and isinstance(parent_id, str) and isinstance(body, dict)):
        return None
    return Message(channel, kind, parent_id, body, buffers)


class _Growth:
    """How much this process has grown: a message of endless parts never gets ready, but ZeroMQ keeps every part."""

    def __init__(self) -> None:
        self._start = self._resident()
        self._next = time.monotonic() + _TICK_MS / 1000

    def too_much(self) -> bool:
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + _TICK_MS / 1000
        return self._resident() - self._start > _GROWTH

    @staticmethod
    def _resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
