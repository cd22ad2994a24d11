"""All rules over all cells of one submission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from autograder.result import Finding
from autograder.review.cells import Cell, read_cells
from autograder.review.duplication import review_duplication
from autograder.review.growth import review_growth
from autograder.review.idioms import review_idioms
from autograder.review.lint import ReviewFault, lint
from autograder.review.names import review_names
from autograder.review.rules import RULES, WEIGHTS
from autograder.review.state import review_state
from autograder.review.structure import definitions, is_stub, review_structure

__all__ = ["Review", "ReviewFault", "review_sources"]

PER_RULE = 10  # findings of one rule that count
SHOWN_PER_RULE = 3  # and that are shown; a page with two hundred of them teaches nothing
PENALTY_PER_RULE = 3.0


@dataclass(frozen=True)
class Review:
    """What the review found; the ``review`` fixture of hidden checks. Iterating it gives the findings.

    Attributes:
        findings: comments in the order of cells and lines, at most ten of one rule; ``shown`` is what a student reads of them.
        every: the same without that bound.
        sources: the reviewed text by cell name.
        unfinished: cells that hold no code yet but functions that raise NotImplementedError.
    """

    findings: tuple[Finding, ...] = ()
    every: tuple[Finding, ...] = field(default=(), repr=False)
    sources: Mapping[str, str] = field(default_factory=dict)
    unfinished: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @cached_property
    def shown(self) -> tuple[Finding, ...]:
        """What a student reads: at most three of a rule, the weightiest rules first, those with a better form before those without."""
        by_rule: dict[str, list[Finding]] = {}
        for finding in self.findings:
            by_rule.setdefault(finding.rule, []).append(finding)
        kept = []
        for found in by_rule.values():
            first = sorted(found, key=lambda finding: not finding.better)[:SHOWN_PER_RULE]  # stable: in the order of cells and lines
            if more := len(found) - len(first):
                first[-1] = first[-1].model_copy(update={"message": f"{first[-1].message} (외 {more}곳)"})
            kept += first
        return tuple(sorted(kept, key=lambda finding: (-WEIGHTS[RULES[finding.rule].severity], not finding.better)))

    def within(self, cells: Collection[str]) -> Review:
        """What the review of all cells found in these, with a bound of their own: a name that another cell uses is used."""
        mine = {name: text for name, text in self.sources.items() if name in cells}
        found = tuple(finding for finding in self.every if finding.cell in mine)
        return Review(_bounded(found), found, mine, tuple(name for name in self.unfinished if name in mine))

    @cached_property
    def counts(self) -> Counter[str]:
        """Findings by rule id."""
        return Counter(finding.rule for finding in self.findings)

    def count(self, *rules: str) -> int:
        """How many findings the named rules have; all findings without a name. Raises KeyError for an unknown rule."""
        return sum(self.counts[RULES[rule].id] for rule in rules) if rules else len(self.findings)

    @property
    def penalty(self) -> float:
        """The findings' weight: 1 for a major one, 0.5 for a minor one, at most 3 for any rule."""
        return sum(min(count * WEIGHTS[RULES[rule].severity], PENALTY_PER_RULE) for rule, count in self.counts.items())

    @property
    def code_lines(self) -> int:
        """Lines with code, comments and blank lines left out."""
        return sum(bool(line.strip()) and not line.lstrip().startswith("#") for text in self.sources.values() for line in text.splitlines())


def review_sources(sources: Mapping[str, str]) -> Review:
    """Review ``{cell name: source}``. Costs one ruff process; hostile text gives findings, never an exception.

    A cell that stands there twice, as pasting leaves it, is read once.

    Raises:
        ReviewFault: ruff is missing or failed, which is the grader's trouble.
    """
    sources = _without_copies(sources)
    cells, findings = read_cells(sources)
    findings += lint(cells)
    for cell in cells:
        for rules in (review_structure, review_names, review_growth, review_idioms):
            findings += _guarded(rules, cell, [cell])
    for rules in (review_state, review_duplication):
        findings += _guarded(rules, cells, cells)
    every = _ordered(findings, list(sources))
    return Review(_bounded(every), every, dict(sources), tuple(cell.name for cell in cells if _is_unfinished(cell)))


def _without_copies(sources: Mapping[str, str]) -> dict[str, str]:
    first: dict[str, str] = {}
    for name, source in sources.items():
        first.setdefault(source.strip(), name)
    return {name: source for name, source in sources.items() if not source.strip() or first[source.strip()] == name}


def _guarded(rules: Callable[..., Iterable[Finding]], argument: object, cells: Iterable[Cell]) -> list[Finding]:
    """A cell within the bounds can still be too deep for Python's own recursion (``ast.unparse``)."""
    try:
        return list(rules(argument))
    except RecursionError:
        rule = RULES["unreadable"]
        return [Finding(cell=cell.name, line=1, rule=rule.id, message=rule.text(), reason=rule.reason) for cell in cells]


def _ordered(findings: Iterable[Finding], names: list[str]) -> tuple[Finding, ...]:
    position = {name: number for number, name in enumerate(names)}
    return tuple(sorted(set(findings), key=lambda f: (position[f.cell], f.line, f.rule, f.message, f.better)))


def _bounded(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    kept: list[Finding] = []
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.rule] += 1
        if seen[finding.rule] <= PER_RULE:
            kept.append(finding)
    return tuple(kept)


def _is_unfinished(cell: Cell) -> bool:
    functions = [node for node, _owner in definitions(cell.tree) if hasattr(node, "args")]
    return bool(functions) and all(is_stub(node) for node in functions)
