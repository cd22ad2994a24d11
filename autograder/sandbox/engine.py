"""papermill's engine ``course-sandbox``.

A leaf: papermill loads this module while it is being imported itself, so nothing here may import what imports papermill, and
nothing else imports this module before papermill.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from papermill.engines import Engine

if TYPE_CHECKING:
    from papermill.engines import NotebookExecutionManager

    from autograder.sandbox.session import Session


class SandboxEngine(Engine):
    """Runs every cell, whatever earlier ones did, in a kernel behind walls."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,  # noqa: ARG003
        *,
        session: Session | None = None,
        **_: Any,
    ) -> None:
        """Run ``nb_man.nb``. With a ``session``, it holds the kernel afterwards, for probes; without, nothing is left running."""
        if session is not None:
            session.run(nb_man)
            return
        from autograder.manifest import Limits
        from autograder.sandbox.session import Session as NewSession

        with NewSession(Limits(), None) as own:
            own.run(nb_man)
