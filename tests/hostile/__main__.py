"""``make hostile``: collect and grade the whole corpus, and print what became of it by family."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from hostile import arrival, corpus
from hostile.arrival import Arrived
from hostile.room import COURSE, NEIGHBOUR, Outcome, Room


def main() -> int:
    parser = argparse.ArgumentParser(prog="make hostile", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only what CI grades")
    parser.add_argument("--only", default="", metavar="TEXT", help="attacks whose family or name holds this text")
    parser.add_argument("--verbose", action="store_true", help="what the grader logs, and the seconds of each attack")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", "Duplicate name")  # one of the arrivals has it on purpose
    logging.basicConfig(level=logging.WARNING if options.verbose else logging.CRITICAL)
    attacks = [a for a in corpus.load() if not (options.quick and a.full) and options.only in f"{a.family}/{a.name}"]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        room = Room(Path(folder))
        outcomes = room.grade(attacks)
        neighbour = sum(item.score for item in room.neighbour.items)
        arrivals = [one for one in arrival.load() if options.only in f"arrivals/{one.name}"]
        arrived = [arrival.arrive(one, Path(folder) / one.name, COURSE) for one in arrivals]
    if options.verbose:
        for outcome in outcomes:
            print(f"{outcome.result.seconds:6.1f} s  {outcome.label}")
    everything = [*outcomes, *arrived]
    print_table(everything)
    untouched = neighbour == sum(corpus.FULL.values()) and not room.faults
    print(f"{NEIGHBOUR}, graded after all of them: {neighbour:g} of {sum(corpus.FULL.values()):g}; {time.monotonic() - started:.0f} s")
    for outcome in everything:
        for line in outcome.lines:
            print(f"✗ {outcome.label}: {line}")
    for line in room.faults:
        print(f"✗ {line}")
    return 0 if untouched and not any(outcome.lines for outcome in everything) else 1


def print_table(outcomes: Sequence[Outcome | Arrived]) -> None:
    families = sorted({outcome.label.partition("/")[0] for outcome in outcomes})
    print(f"{'family':<14}{'count':>6}{'contained':>11}{'score as expected':>19}")
    for family in [*families, ""]:
        own = [outcome for outcome in outcomes if outcome.label.startswith(f"{family}/" if family else "")]
        contained, expected = sum(outcome.contained for outcome in own), sum(outcome.as_expected for outcome in own)
        print(f"{family or 'all':<14}{len(own):>6}{contained:>11}{expected:>19}")


if __name__ == "__main__":
    sys.exit(main())
