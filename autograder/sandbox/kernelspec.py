"""The kernel specification ``course-sandbox``: by name for papermill, nbclient and nbgrader, in memory for the grader itself."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

from autograder.manifest import Limits

NAME = "course-sandbox"


def kernel_spec(limits: Limits | None = None, kit: Path | None = None, *, walls: bool = True) -> KernelSpec:
    """A specification whose kernels our provisioner starts. Its ``argv`` is what they would be without it."""
    config = {"limits": (limits or Limits()).model_dump(), "kit": str(kit or ""), "walls": walls}
    return KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="Course sandbox",
        language="python",
        interrupt_mode="signal",
        metadata={"kernel_provisioner": {"provisioner_name": NAME, "config": config}},
    )


def install_kernelspec(limits: Limits | None = None, kit: Path | None = None, prefix: str = sys.prefix) -> Path:
    """Install the specification below ``prefix`` (share/jupyter/kernels) and return its folder."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "kernel.json").write_text(json.dumps(kernel_spec(limits, kit).to_dict(), indent=1), encoding="utf-8")
        return Path(KernelSpecManager().install_kernel_spec(folder, NAME, prefix=prefix))
