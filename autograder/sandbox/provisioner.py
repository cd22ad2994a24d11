"""Jupyter's way to our sandbox: a kernel provisioner, so that whatever starts kernels by name starts them behind walls."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Bool, Dict, Unicode

from autograder.manifest import Limits
from autograder.sandbox.jail import Jail


class SandboxProvisioner(LocalProvisioner):
    """Starts the kernel in a :class:`Jail`. The command of the kernel specification is not used: the jail has its own."""

    limits: dict = Dict(help="what one kernel may use; the manifest's limits").tag(config=True)
    kit: str = Unicode(help="folder shown read-only at /kit and put on the path").tag(config=True)
    walls: bool = Bool(True, help="False starts a plain process").tag(config=True)

    jail: Jail | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the jail's folder, and have the manager's sockets in it."""
        if self.jail is None:
            self.jail = Jail(Limits(**self.limits), Path(self.kit) if self.kit else None, walls=self.walls)
        manager = self.parent
        if manager.transport != "ipc" or manager.ip != self.jail.prefix:
            manager.transport, manager.ip = "ipc", self.jail.prefix
            manager.connection_file = str(self.jail.folder / "connection.json")
            for number, channel in enumerate(("shell", "iopub", "stdin", "hb", "control"), start=1):
                setattr(manager, f"{channel}_port", number)
        return await super().pre_launch(**{**kwargs, "transport_encryption": "disabled"})  # the sockets lie in a private folder

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ARG002
        self.jail.start(self.connection_info)
        self.process = self.jail.process
        self.pid = self.process.pid
        self.pgid = None  # a signal to the group would end bubblewrap, not reach the kernel
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        if self.jail is None or self.process is None:
            return
        if signum == signal.SIGINT:
            self.jail.interrupt()
        elif signum in (signal.SIGTERM, signal.SIGKILL):
            self.jail.kill()

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:  # noqa: ARG002
        await self.send_signal(signal.SIGTERM)

    async def wait(self) -> int | None:
        while self.process is not None and self.process.poll() is None:
            await asyncio.sleep(0.01)
        code = self.process.returncode if self.process is not None else 0
        self.process = None
        return code

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart=restart)
        if self.jail is not None:
            self.jail.end() if restart else self.jail.close()
            if not restart:
                self.jail = None
