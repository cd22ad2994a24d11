"""Libraries of the course print banners and progress bars; in a notebook only the student's own output should stand."""

from __future__ import annotations

import logging
import os
import sys
import warnings

ENVIRONMENT = {
    "TOKENIZERS_PARALLELISM": "false",
    "TRL_EXPERIMENTAL_SILENCE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def quieten(*, offline: bool = True, threads: int = 1) -> None:
    """Silence the libraries, keep them off the network and on ``threads`` threads.

    Call it before the libraries are imported, and again after: it never imports one itself, but turns down those that are there.
    """
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if offline:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, str(threads))
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    for category in (FutureWarning, DeprecationWarning):
        warnings.simplefilter("ignore", category)
    _turn_down_imported(threads)


def _turn_down_imported(threads: int) -> None:
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(threads)
    if transformers := sys.modules.get("transformers"):
        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
    if datasets := sys.modules.get("datasets"):
        datasets.disable_progress_bars()
    if optuna := sys.modules.get("optuna"):
        optuna.logging.set_verbosity(optuna.logging.WARNING)
