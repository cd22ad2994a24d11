"""What a machine needs for the sandbox, and what to do where it lacks it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from autograder.sandbox.errors import SandboxUnavailable

OLDEST = (0, 8, 0)  # the first with --disable-userns

APPARMOR_PROFILE = """\
abi <abi/4.0>,
include <tunables/global>

profile bwrap /usr/bin/bwrap flags=(unconfined) {
  userns,
  include if exists <local/bwrap>
}
"""

_INSTALL = "Install it:  sudo apt-get install bubblewrap"
_ANYWAY = "To run student code without any protection anyway, say --unsafe-no-sandbox: only for code that you trust."


@cache
def bubblewrap() -> tuple[str, str]:
    """Path and version of bubblewrap. Raises SandboxUnavailable."""
    if not sys.platform.startswith("linux"):
        raise SandboxUnavailable(f"Grading needs Linux (Debian or Ubuntu): the sandbox for student code exists nowhere else. {_ANYWAY}")
    program = shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin")
    if program is None:
        raise SandboxUnavailable(f"bubblewrap (bwrap), which walls student code off, is not installed. {_INSTALL}. {_ANYWAY}")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    match = re.search(r"(\d+)\.(\d+)\.(\d+)", said)
    if match is None or tuple(map(int, match.groups())) < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise SandboxUnavailable(f"bubblewrap {wanted} or later is needed; {program} says {said.strip()!r}. {_INSTALL}. {_ANYWAY}")
    return program, match[0]


def refusal(said: str) -> str:
    """What to tell the operator when bubblewrap could not build the walls; ``said`` is its own last word."""
    return f"The sandbox for student code cannot be built on this machine ({said}). {_remedy()} {_ANYWAY}"


def _remedy() -> str:
    if _setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            "AppArmor forbids unprivileged user namespaces here (Ubuntu's default). Allow them for bubblewrap alone:\n\n"
            f"sudo tee /etc/apparmor.d/bwrap >/dev/null <<'END'\n{APPARMOR_PROFILE}END\n"
            "sudo apparmor_parser -r /etc/apparmor.d/bwrap\n\n"
        )
    if _setting("kernel/unprivileged_userns_clone") == "0":
        return "Unprivileged user namespaces are switched off. Allow them:  sudo sysctl kernel.unprivileged_userns_clone=1 ."
    if _setting("user/max_user_namespaces") == "0":
        return "User namespaces are switched off. Allow them:  sudo sysctl user.max_user_namespaces=10000 ."
    return (
        "User namespaces are needed. In a container they are usually forbidden: grade on the host, or start the container with "
        "--security-opt seccomp=unconfined --security-opt systempaths=unconfined (and --cap-add SYS_ADMIN when it runs as root)."
    )


def _setting(name: str) -> str:
    path = Path("/proc/sys") / name
    return path.read_text().strip() if path.is_file() else ""
