"""Run one function on every rank of torch.distributed's process group in threads: collectives without processes, for quick tests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import torch
from torch import distributed
from torch.testing._internal.distributed.multi_threaded_pg import _install_threaded_pg, _uninstall_threaded_pg


def on_every_rank(world: int, work: Callable[[int], Any]) -> list[Any]:
    """``[work(0), …, work(world - 1)]``, each in a thread of its own inside one process group."""
    found: list[Any] = [None] * world
    failed: list[BaseException] = []
    store = distributed.HashStore()
    torch._C._distributed_c10d._set_thread_isolation_mode(True)
    _install_threaded_pg()

    def worker(rank: int) -> None:
        distributed.init_process_group(backend="threaded", rank=rank, world_size=world, store=store)
        try:
            found[rank] = work(rank)
        except BaseException as error:
            failed.append(error)
        finally:
            distributed.destroy_process_group()

    threads = [threading.Thread(target=worker, args=(rank,), daemon=True) for rank in range(world)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    _uninstall_threaded_pg()
    torch._C._distributed_c10d._set_thread_isolation_mode(False)
    if failed:
        raise failed[0]
    return found
