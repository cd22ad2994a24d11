"""A PostgreSQL server of the tests' own: on a socket in a folder, with no port and nothing kept."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


class PostgreSQL:
    """A server that can be stopped and started."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.data = programs, folder / "pg"
        self.data.mkdir()
        self.as_user: tuple[str, ...] = ()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            os.chown(self.data, NOBODY, NOBODY)
            self.as_user = ("setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups")
        self.databases = 0

    def start(self) -> None:
        self._run("pg_ctl", "start", "-w", "-D", self.data / "db", "-o", f"-k {self.data} -c listen_addresses=", "-l", self.data / "log")

    def stop(self, how: str = "fast") -> None:
        self._run("pg_ctl", "stop", "-D", self.data / "db", "-m", how)

    def new_database(self) -> str:
        """The address of an empty database, as ``COURSE_DB`` takes it."""
        self.databases += 1
        name = f"term{self.databases}"
        self._run("createdb", "-h", self.data, "-U", "grader", name)
        return f"postgresql://grader@/{name}?host={self.data}"

    def create(self) -> None:
        self._run("initdb", "-D", self.data / "db", "-U", "grader", "--auth", "trust", "--no-sync")

    def is_running(self) -> bool:
        return (self.data / "db" / "postmaster.pid").exists()

    def _run(self, program: str, *words: object) -> None:
        command = [*self.as_user, str(self.programs / program), *map(str, words)]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)


def find_programs() -> Path | None:
    """Where the newest PostgreSQL of this machine keeps its server's programs; Debian and Ubuntu have them on no path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running(programs: Path, folder: Path) -> Iterator[PostgreSQL]:
    """A new, started server, stopped in the end. Any user must be able to pass through ``folder``."""
    server = PostgreSQL(programs, folder)
    server.create()
    server.start()
    try:
        yield server
    finally:
        if server.is_running():
            server.stop("immediate")
