"""Run every benchmark, one after the other: ``python -m benchmarks [NAME…]``."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks


def main(wanted: list[str]) -> None:
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")]
    if unknown := sorted(set(wanted) - set(names)):
        sys.exit(f"No such benchmark: {', '.join(unknown)}. There are: {', '.join(names)}.")
    for name in wanted or names:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n== {name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
        module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
