"""Every rule on points and coverage that a manifest has to keep, each with a message of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from autograder.manifest_model import DIMENSIONS, Assignment, Bonus, Erratum, Item
from autograder.specification import AssignmentSpecification, Specification


def broken_rules(assignment: Assignment, folder: str, specification: Specification) -> Iterable[str]:
    """Yield one message per rule that the manifest breaks."""
    if assignment.id != folder:
        yield f"id: is {assignment.id!r}, but the folder is named {folder!r}"
    if assignment.draft and not assignment.scope:
        yield "scope: a draft says which requirements it covers (scope: [w09a1.1])"
    if assignment.scope and not assignment.draft:
        yield "scope: only a draft has one; a finished manifest covers the whole specification"
    if assignment.points <= 0:
        yield "points: must be above 0"
    if assignment.limits.cell_seconds > assignment.limits.total_seconds:
        yield "limits.cell_seconds: exceeds total_seconds"
    yield from _item_rules(assignment)
    yield from _order_rules(assignment)
    yield from _errata_rules(assignment)
    yield from _part_rules(assignment)
    yield from _sum_rules(assignment, specification)
    yield from _specification_rules(assignment, specification)


def _item_rules(assignment: Assignment) -> Iterable[str]:
    everything = (*assignment.items, *assignment.bonus)
    for name, count in Counter(item.id for item in everything).items():
        if count > 1:
            yield f"items: the id {name!r} stands {count} times"
    for item in everything:
        if item.points <= 0:
            yield f"items.{item.id}.points: must be above 0"
        if not item.covers:
            yield f"items.{item.id}.covers: names no bullet of the specification"
        for field in ("covers", "after", "forbids"):
            for name, count in Counter(getattr(item, field)).items():
                if count > 1:
                    yield f"items.{item.id}.{field}: names {name!r} {count} times"
        if item.criteria and (total := sum(c.points for c in item.criteria)) != item.points:
            yield f"items.{item.id}.criteria: sum to {total}, but the item has {item.points} points"
        if any(criterion.points <= 0 for criterion in item.criteria):
            yield f"items.{item.id}.criteria: every criterion has points above 0"


def _order_rules(assignment: Assignment) -> Iterable[str]:
    known = assignment.by_id
    for item in known.values():
        for name in item.after:
            if name not in known or name == item.id:
                yield f"items.{item.id}.after: {name!r} is no other item"
            elif known[name].manual:
                yield f"items.{item.id}.after: {name!r} is graded by hand and leaves no data to stand in"
        for field in ("after", "forbids"):
            if item.manual and getattr(item, field):
                yield f"items.{item.id}.{field}: has no meaning for an item graded by hand"
    if cycle := _cycle({item.id: [n for n in item.after if n in known and n != item.id] for item in known.values()}):
        yield f"after: goes round in a circle: {' → '.join(cycle)}"


def _cycle(graph: dict[str, list[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _errata_rules(assignment: Assignment) -> Iterable[str]:
    for erratum in assignment.errata:
        if erratum.item not in assignment.by_id:
            yield f"errata: {erratum.item!r} is no item"
        if (erratum.points is not None) != (erratum.action == "rescale"):
            yield f"errata.{erratum.item}: points belong to action 'rescale', and it needs them"
    worth = {item.id: item.points for item in (*assignment.items, *assignment.bonus)}
    corrected = worth | {e.item: _corrected_points(e, worth[e.item]) for e in assignment.errata if e.item in worth}
    for what, items in (("items", assignment.items), ("bonus items", assignment.bonus)):
        before, after = (sum((points[item.id] for item in items), Decimal(0)) for points in (worth, corrected))
        if after > before:
            yield f"errata: the {what} are worth {after} points then, more than {before}; take from others what one gains"


def _corrected_points(erratum: Erratum, points: Decimal) -> Decimal:
    """What an item is worth after its last erratum."""
    return {"full": points, "drop": Decimal(0), "rescale": erratum.points or Decimal(0)}[erratum.action]


def _part_rules(assignment: Assignment) -> Iterable[str]:
    for name, part in assignment.parts.items():
        where = f"parts.{name}"
        if name not in assignment.deliverables:
            yield f"{where}: no deliverable of that name"
        content = part.model_dump(exclude_defaults=True)
        if not content:
            yield f"{where}: is made of nothing"
        if part.notebook != name.endswith(".ipynb") or (part.notebook and len(content) > 1):
            yield f"{where}: a deliverable is a notebook (notebook: true and nothing else) when its name ends with .ipynb, and only then"
        if name.rstrip("/") == "evidence":
            yield f"{where}: pack keeps the evidence under that name"
        for item in part.sections:
            if item not in assignment.by_id or not assignment.by_id[item].manual:
                yield f"{where}.sections: {item!r} is no item graded by hand"
        for module, cells in part.modules.items():
            if not cells:
                yield f"{where}.modules.{module}: names no solution cell"
        listed = {field: getattr(part, field) for field in ("sections", "tables", "figures", "conclusions")}
        listed["modules"] = tuple(cell for cells in part.modules.values() for cell in cells)
        for field, names in listed.items():
            for twice, count in Counter(names).items():
                if count > 1:
                    yield f"{where}.{field}: names {twice!r} {count} times"
    if not assignment.draft:
        for name in assignment.deliverables:
            if name not in assignment.parts:
                yield f"parts: nothing says what {name!r} is made of"


def _sum_rules(assignment: Assignment, specification: Specification) -> Iterable[str]:
    total = sum((item.points for item in assignment.items), Decimal(0))
    if total != assignment.points:
        yield f"points: the items sum to {total}, not to {assignment.points}"
    for dimension in DIMENSIONS:
        share = specification.rubric[dimension]
        wanted = assignment.points * share / 100
        if (actual := assignment.maximum(dimension)) != wanted:
            yield f"items: dimension {dimension} sums to {actual}, not to {wanted} ({share} % of {assignment.points})"
    bonus = sum((item.points for item in assignment.bonus), Decimal(0))
    if bonus > specification.bonus_cap:
        yield f"bonus: sums to {bonus}, more than the {specification.bonus_cap} points that count"


def _specification_rules(assignment: Assignment, specification: Specification) -> Iterable[str]:
    wanted = specification.assignments.get(assignment.id)
    if wanted is None:
        yield f"id: the specification has no assignment {assignment.id!r}; it has {', '.join(specification.assignments)}"
        return
    for field in ("week", "number", "title"):
        if getattr(assignment, field) != getattr(wanted, field):
            yield f"{field}: is {getattr(assignment, field)!r}, the specification says {getattr(wanted, field)!r}"
    if assignment.draft:
        if assignment.points > wanted.points:
            yield f"points: a draft of {assignment.points} points exceeds the specification's {wanted.points}"
    elif assignment.points != wanted.points:
        yield f"points: are {assignment.points}, the specification says {wanted.points}"
    for name in assignment.scope:
        if name not in wanted.requirements:
            yield f"scope: {name!r} is no requirement of {assignment.id}; they are {', '.join(wanted.requirements)}"
    earlier = specification.earlier_topics(assignment.id)
    for name in assignment.needs:
        if name not in earlier:
            yield f"needs: {name!r} is no topic of an earlier assignment; those are {', '.join(earlier) or 'none'}"
    yield from _coverage_rules(assignment, wanted)
    yield from _deliverable_rules(assignment, wanted)
    if not assignment.draft:
        yield from _requirement_rules(assignment, wanted)


def _coverage_rules(assignment: Assignment, wanted: AssignmentSpecification) -> Iterable[str]:
    requirements = assignment.scope if assignment.draft else tuple(wanted.requirements)
    bullets = {bullet for name in requirements for bullet in wanted.requirements.get(name, ())}
    covered = {bullet for item in assignment.items for bullet in item.covers}
    for bullet in sorted(bullets - covered):
        yield f"items: nothing covers {bullet} ({wanted.bullet_texts[bullet]})"
    for item in (*assignment.items, *assignment.bonus):
        allowed = set(wanted.bonus) if isinstance(item, Bonus) else set(wanted.bullet_texts)
        for bullet in item.covers:
            if bullet not in allowed:
                yield f"items.{item.id}.covers: the specification has no {bullet!r}"
            elif isinstance(item, Item) and assignment.draft and bullet not in bullets:
                yield f"items.{item.id}.covers: {bullet!r} lies outside the draft's scope"
    if not assignment.draft:
        for name in sorted(set(wanted.bonus) - {bullet for item in assignment.bonus for bullet in item.covers}):
            yield f"bonus: nothing covers {name} ({wanted.bonus[name]})"


def _deliverable_rules(assignment: Assignment, wanted: AssignmentSpecification) -> Iterable[str]:
    for name, text in assignment.deliverables.items():
        if wanted.deliverables.get(name) != text:
            yield f"deliverables: {name!r} is not in the specification with that text"
    if not assignment.draft:
        for name in wanted.deliverables:
            if name not in assignment.deliverables:
                yield f"deliverables: {name!r} is missing"


def _requirement_rules(assignment: Assignment, wanted: AssignmentSpecification) -> Iterable[str]:
    """Where requirements have points of their own, the items have to add up to them as well."""
    if not wanted.requirement_points:
        return
    home = {bullet: name for name, bullets in wanted.requirements.items() for bullet in bullets}
    sums = dict.fromkeys(wanted.requirement_points, Decimal(0))
    for item in assignment.items:
        homes = {home[bullet] for bullet in item.covers if bullet in home}
        if len(homes) > 1:
            yield f"items.{item.id}.covers: bullets of {' and '.join(sorted(homes))}; requirements with points of their own share no item"
        for name in homes & sums.keys():
            sums[name] += item.points
    for name, points in wanted.requirement_points.items():
        if sums[name] != points:
            yield f"items: requirement {name} sums to {sums[name]}, not to {points}"
