"""Every rule of a manifest has a message of its own; each test breaks exactly one and looks for exactly that message."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from autograder.manifest import ManifestError, load_assignment
from autograder.specification import Specification, parse_specification

Change = Callable[[dict[str, Any]], None]


def specification() -> Specification:
    """Two assignments: a02_small needs one, a01_first comes before it."""

    def entry(number: int, topic: str, **more: Any) -> dict[str, Any]:
        short = f"a{number:02}"
        return {
            "id": f"{short}_{topic}",
            "week": 9,
            "number": number,
            "title": f"과제 {number}",
            "points": 10,
            "goal": "목표",
            "requirements": [
                {"id": f"{short}.1", "title": "하나", "bullets": {f"{short}.1.a": "가", f"{short}.1.b": "나"}},
                {"id": f"{short}.2", "title": "둘", "bullets": {f"{short}.2.a": "다"}},
            ],
            "deliverables": {"code/": "코드", "report.md": "보고서"},
            "bonus": {f"{short}.bonus.1": "추가"},
            **more,
        }

    rubric = {"implementation": 40, "theory": 30, "experiments": 20, "quality": 10}
    entries = [entry(1, "first"), entry(2, "small"), entry(3, "last")]
    entries[2]["requirements"][0]["points"] = 6
    entries[2]["requirements"][1]["points"] = 4
    return parse_specification({"rubric": rubric, "bonus_cap": 5, "assignments": entries})


def manifest() -> dict[str, Any]:
    """A right manifest of a02_small."""

    def item(name: str, dimension: str, points: float, covers: str, **more: Any) -> dict[str, Any]:
        return {"id": name, "covers": [covers], "dimension": dimension, "points": points, "title": name, **more}

    return {
        "id": "a02_small",
        "week": 9,
        "number": 2,
        "title": "과제 2",
        "points": 10,
        "deliverables": {"code/": "코드", "report.md": "보고서"},
        "parts": {"code/": {"modules": {"merges": ["merge", "train"]}}, "report.md": {"sections": ["essay"], "tables": ["t"]}},
        "items": [
            item("merge", "implementation", 2.5, "a02.1.a"),
            item("train", "implementation", 1.5, "a02.1.b", after=["merge"], forbids=["tokenizers", "torch.nn"]),
            item("count", "theory", 2, "a02.2.a"),
            item("essay", "theory", 1, "a02.2.a", criteria=[{"points": 0.6, "text": "가"}, {"points": 0.4, "text": "나"}]),
            item("table", "experiments", 2, "a02.2.a"),
            item("style", "quality", 1, "a02.1.a"),
        ],
        "bonus": [{"id": "more", "covers": ["a02.bonus.1"], "points": 5, "title": "추가"}],
    }


def draft(data: dict[str, Any]) -> None:
    data |= {"draft": True, "scope": ["a02.1", "a02.2"]}


def write(tmp_path: Path, text: str, folder: str = "a02_small") -> Path:
    room = tmp_path / folder
    room.mkdir()
    (room / "assignment.yml").write_text(text, encoding="utf-8")
    return room


def load(tmp_path: Path, data: dict[str, Any], folder: str = "a02_small"):
    return load_assignment(write(tmp_path, yaml.safe_dump(data, allow_unicode=True), folder), specification())


def test_the_right_manifest_loads(tmp_path):
    assignment = load(tmp_path, manifest())
    assert [item.manual for item in assignment.items] == [False, False, False, True, False, False]
    assert assignment.topic == "small"
    assert assignment.by_id["more"].points == 5
    assert assignment.by_id["train"].forbids == ("tokenizers", "torch.nn")
    assert assignment.maximum("theory") == 3


def test_a_draft_needs_only_its_scope(tmp_path):
    data = manifest() | {"draft": True, "scope": ["a02.1"], "points": 2, "bonus": [], "deliverables": {"code/": "코드"}}
    data["parts"] = {"code/": data["parts"]["code/"]}
    points = {"merge": 0.5, "train": 0.3, "count": 0.6, "table": 0.4, "style": 0.2}
    data["items"] = [item | {"points": points[item["id"]], "covers": ["a02.1.a"]} for item in data["items"] if item["id"] != "essay"]
    data["items"][1]["covers"] = ["a02.1.b"]
    assert load(tmp_path, data).draft


def set_item(index: int, **values: Any) -> Change:
    return lambda data: data["items"][index].update(values)


def set_top(**values: Any) -> Change:
    return lambda data: data.update(values)


def set_part(name: str, **content: Any) -> Change:
    return lambda data: data["parts"].update({name: content})


ESSAY, MERGE, TRAIN, COUNT = 3, 0, 1, 2
ERRATUM = {"item": "merge", "action": "full", "reason": "문제의 오류", "date": "2025-03-01"}

RULES: dict[str, tuple[Change, str]] = {
    "id is not the folder's": (set_top(id="a01_first"), "id: is 'a01_first', but the folder is named 'a02_small'"),
    "draft without scope": (set_top(draft=True), "scope: a draft says which requirements it covers"),
    "scope without draft": (set_top(scope=["a02.1"]), "scope: only a draft has one"),
    "scope unknown": (
        lambda d: (draft(d), d["scope"].append("a09.9")),
        "scope: 'a09.9' is no requirement of a02_small; they are a02.1, a02.2",
    ),
    "no points": (set_top(points=0), "points: must be above 0"),
    "cell limit above total": (set_top(limits={"cell_seconds": 301}), "limits.cell_seconds: exceeds total_seconds"),
    "id twice": (set_item(TRAIN, id="merge", after=[]), "items: the id 'merge' stands 2 times"),
    "id of an item and a bonus": (lambda d: d["bonus"][0].update(id="merge"), "items: the id 'merge' stands 2 times"),
    "item of no points": (set_item(TRAIN, points=0), "items.train.points: must be above 0"),
    "bonus of no points": (lambda d: d["bonus"][0].update(points=0), "items.more.points: must be above 0"),
    "covers nothing": (set_item(MERGE, covers=[]), "items.merge.covers: names no bullet of the specification"),
    "covers twice": (set_item(MERGE, covers=["a02.1.a", "a02.1.a"]), "items.merge.covers: names 'a02.1.a' 2 times"),
    "forbids twice": (set_item(TRAIN, forbids=["torch", "torch"]), "items.train.forbids: names 'torch' 2 times"),
    "after twice": (set_item(TRAIN, after=["merge", "merge"]), "items.train.after: names 'merge' 2 times"),
    "criteria do not sum": (
        set_item(ESSAY, criteria=[{"points": 0.6, "text": "가"}, {"points": 0.3, "text": "나"}]),
        "items.essay.criteria: sum to 0.9, but the item has 1 points",
    ),
    "criterion of no points": (
        set_item(ESSAY, criteria=[{"points": 1, "text": "가"}, {"points": 0, "text": "나"}]),
        "items.essay.criteria: every criterion has points above 0",
    ),
    "after unknown": (set_item(TRAIN, after=["marge"]), "items.train.after: 'marge' is no other item"),
    "after itself": (set_item(TRAIN, after=["train"]), "items.train.after: 'train' is no other item"),
    "after an essay": (set_item(TRAIN, after=["essay"]), "items.train.after: 'essay' is graded by hand and leaves no data to stand in"),
    "essay after": (set_item(ESSAY, after=["merge"]), "items.essay.after: has no meaning for an item graded by hand"),
    "essay forbids": (set_item(ESSAY, forbids=["torch"]), "items.essay.forbids: has no meaning for an item graded by hand"),
    "circle": (lambda d: (set_item(MERGE, after=["count"])(d), set_item(COUNT, after=["train"])(d)), "after: goes round in a circle: "),
    "erratum of no item": (set_top(errata=[ERRATUM | {"item": "marge"}]), "errata: 'marge' is no item"),
    "rescale without points": (set_top(errata=[ERRATUM | {"action": "rescale"}]), "errata.merge: points belong to action 'rescale'"),
    "rescale above the whole": (
        set_top(errata=[ERRATUM | {"action": "rescale", "points": 9}]),
        "errata: the items are worth",
    ),
    "full with points": (set_top(errata=[ERRATUM | {"points": 1}]), "errata.merge: points belong to action 'rescale'"),
    "sum": (set_item(MERGE, points=2.6), "points: the items sum to 10.1, not to 10"),
    "implementation": (set_item(MERGE, points=2.6), "items: dimension implementation sums to 4.1, not to 4 (40 % of 10)"),
    "theory": (set_item(COUNT, points=1.9), "items: dimension theory sums to 2.9, not to 3 (30 % of 10)"),
    "experiments": (set_item(4, points=1), "items: dimension experiments sums to 1, not to 2 (20 % of 10)"),
    "quality": (set_item(5, points=2), "items: dimension quality sums to 2, not to 1 (10 % of 10)"),
    "bonus too large": (lambda d: d["bonus"][0].update(points=5.1), "bonus: sums to 5.1, more than the 5 points that count"),
    "week": (set_top(week=10), "week: is 10, the specification says 9"),
    "number": (set_top(number=1), "number: is 1, the specification says 2"),
    "title": (set_top(title="과제"), "title: is '과제', the specification says '과제 2'"),
    "points": (set_top(points=20), "points: are 20, the specification says 10"),
    "draft's points": (lambda d: (draft(d), d.update(points=20)), "points: a draft of 20 points exceeds the specification's 10"),
    "needs unknown": (set_top(needs=["frist"]), "needs: 'frist' is no topic of an earlier assignment; those are first"),
    "needs itself": (set_top(needs=["small"]), "needs: 'small' is no topic of an earlier assignment"),
    "needs a later one": (set_top(needs=["last"]), "needs: 'last' is no topic of an earlier assignment"),
    "bullet uncovered": (set_item(TRAIN, covers=["a02.1.a"]), "items: nothing covers a02.1.b (나)"),
    "bullet unknown": (set_item(MERGE, covers=["a02.1.a", "a02.1.z"]), "items.merge.covers: the specification has no 'a02.1.z'"),
    "bonus bullet of an item": (
        set_item(MERGE, covers=["a02.1.a", "a02.bonus.1"]),
        "items.merge.covers: the specification has no 'a02.bonus.1'",
    ),
    "item bullet of a bonus": (
        lambda d: d["bonus"][0].update(covers=["a02.bonus.1", "a02.1.a"]),
        "items.more.covers: the specification has no 'a02.1.a'",
    ),
    "outside the scope": (
        lambda d: d.update(draft=True, scope=["a02.1"]),
        "items.count.covers: 'a02.2.a' lies outside the draft's scope",
    ),
    "bonus uncovered": (set_top(bonus=[]), "bonus: nothing covers a02.bonus.1 (추가)"),
    "deliverable unknown": (
        set_top(deliverables={"code/": "코드", "report.md": "보고서", "x/": "엑스"}),
        "deliverables: 'x/' is not in the specification with that text",
    ),
    "deliverable with another text": (
        set_top(deliverables={"code/": "코드들", "report.md": "보고서"}),
        "deliverables: 'code/' is not in the specification with that text",
    ),
    "deliverable missing": (set_top(deliverables={"code/": "코드"}), "deliverables: 'report.md' is missing"),
    "part of no deliverable": (set_part("x/", sections=["essay"]), "parts.x/: no deliverable of that name"),
    "part of nothing": (set_part("code/"), "parts.code/: is made of nothing"),
    "notebook under another name": (set_part("code/", notebook=True), "parts.code/: a deliverable is a notebook (notebook: true"),
    "a section that nobody writes": (
        set_part("report.md", sections=["count"]),
        "parts.report.md.sections: 'count' is no item graded by hand",
    ),
    "an unknown section": (set_part("report.md", sections=["esay"]), "parts.report.md.sections: 'esay' is no item graded by hand"),
    "a module of no cell": (set_part("code/", modules={"merges": []}), "parts.code/.modules.merges: names no solution cell"),
    "a cell in two modules": (set_part("code/", modules={"a": ["merge"], "b": ["merge"]}), "parts.code/.modules: names 'merge' 2 times"),
    "a table twice": (set_part("report.md", tables=["t", "t"]), "parts.report.md.tables: names 't' 2 times"),
    "no part for a deliverable": (lambda d: d["parts"].pop("code/"), "parts: nothing says what 'code/' is made of"),
    "draft's deliverable unknown": (
        lambda d: (draft(d), d.update(deliverables={"../x": "엑스"})),
        "deliverables: '../x' is not in the specification with that text",
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_broken_rule_says_so(rule, tmp_path):
    change, message = RULES[rule]
    data = manifest()
    change(data)
    with pytest.raises(ManifestError) as caught:
        load(tmp_path, data)
    text = str(caught.value)
    assert text.startswith(str(tmp_path / "a02_small" / "assignment.yml"))
    assert any(line.strip().startswith(message) for line in text.splitlines()), text


def test_the_circle_is_named_in_the_order_of_after(tmp_path):
    data = manifest()
    set_item(MERGE, after=["count"])(data)
    set_item(COUNT, after=["train"])(data)  # merge after count after train after merge
    with pytest.raises(ManifestError) as caught:
        load(tmp_path, data)
    line = next(line for line in str(caught.value).splitlines() if "circle" in line)
    names = line.partition("circle: ")[2].split(" → ")
    after = {"merge": "count", "count": "train", "train": "merge"}
    assert names[0] == names[-1]
    assert all(after[one] == following for one, following in itertools.pairwise(names))


def test_all_broken_rules_are_listed_at_once(tmp_path):
    data = manifest() | {"week": 11}
    set_item(MERGE, points=3)(data)
    set_item(TRAIN, after=["nobody"])(data)
    with pytest.raises(ManifestError) as caught:
        load(tmp_path, data)
    assert all(part in str(caught.value) for part in ("week: is 11", "sum to 10.5", "implementation sums to 4.5", "'nobody'"))


def test_unknown_assignment(tmp_path):
    with pytest.raises(ManifestError, match=r"the specification has no assignment 'a07_x'; it has a01_first, a02_small"):
        load(tmp_path, manifest() | {"id": "a07_x"}, "a07_x")


class TestRequirementsWithPoints:
    """The third assignment's requirements have points of their own, as the capstone's do."""

    @staticmethod
    def manifest() -> dict[str, Any]:
        text = yaml.safe_dump(manifest(), allow_unicode=True).replace("a02", "a03")
        data = yaml.safe_load(text) | {"id": "a03_last", "number": 3, "title": "과제 3"}
        points = {"merge": "1.a", "train": "1.b", "count": "2.a", "essay": "2.a", "table": "1.a", "style": "2.a"}
        for item in data["items"]:
            item["covers"] = [f"a03.{points[item['id']]}"]
        return data  # requirement 1: 4 + 2 = 6, requirement 2: 3 + 1 = 4

    def test_right(self, tmp_path):
        assert load(tmp_path, self.manifest(), "a03_last").points == 10

    def test_sum(self, tmp_path):
        data = self.manifest()
        data["items"][4]["covers"] = ["a03.2.a"]
        with pytest.raises(ManifestError) as caught:
            load(tmp_path, data, "a03_last")
        assert "items: requirement a03.1 sums to 4.0, not to 6" in str(caught.value)
        assert "items: requirement a03.2 sums to 6, not to 4" in str(caught.value)

    def test_item_in_two(self, tmp_path):
        data = self.manifest()
        data["items"][0]["covers"] = ["a03.1.a", "a03.2.a"]
        with pytest.raises(ManifestError, match=r"items.merge.covers: bullets of a03.1 and a03.2"):
            load(tmp_path, data, "a03_last")


SHAPES: dict[str, tuple[Change, str]] = {
    "unknown key": (set_top(pionts=3), "pionts: unknown key; did you mean 'points'?"),
    "unknown key of an item": (set_item(MERGE, dimensions="theory"), "items.merge.dimensions: unknown key; did you mean 'dimension'?"),
    "unknown key of a criterion": (
        set_item(ESSAY, criteria=[{"points": 1, "text": "가", "qq": 1}]),
        "items.essay.criteria.0.qq: unknown key; there are points, text",
    ),
    "unknown limit": (set_top(limits={"memory": 1}), "limits.memory: unknown key; did you mean 'memory_mb'?"),
    "unknown key of a part": (set_part("code/", module={}), "parts.code/.module: unknown key; did you mean 'modules'?"),
    "a module with a suffix": (set_part("code/", modules={"a.py": ["merge"]}), "parts.code/.modules.a.py.[key]: String should match"),
    "missing title": (lambda d: d["items"][0].pop("title"), "items.merge.title: Field required"),
    "missing items": (lambda d: d.pop("items"), "items: Field required"),
    "empty title": (set_item(MERGE, title="  "), "items.merge.title: String should have at least 1 character"),
    "dimension": (set_item(MERGE, dimension="style"), "items.merge.dimension: Input should be 'implementation', 'theory'"),
    "item id": (set_item(MERGE, id="Merge_1"), "items.Merge_1.id: String should match pattern"),
    "covers a text": (set_item(MERGE, covers="a02.1.a"), "items.merge.covers: Input should be a valid tuple"),
    "forbids no module": (set_item(MERGE, forbids=["import torch"]), "items.merge.forbids.0: String should match pattern"),
    "points a text": (set_item(MERGE, points="2.5"), "items.merge.points: is a plain number"),
    "points a truth": (set_item(MERGE, points=True), "items.merge.points: is a plain number"),
    "points nothing": (set_item(MERGE, points=None), "items.merge.points: is a plain number"),
    "points negative": (set_item(MERGE, points=-1), "items.merge.points: Input should be greater than or equal to 0"),
    "points huge": (set_item(MERGE, points=1001), "items.merge.points: Input should be less than or equal to 1000"),
    "points too fine": (set_item(MERGE, points=0.00001), "is no plain decimal number"),
    "points finer than four places": (set_item(MERGE, points=2.50001), "items.merge.points: Decimal input should have no more than 4"),
    "draft a text": (set_top(draft="yes"), "draft: Input should be a valid boolean"),
    "action": (set_top(errata=[ERRATUM | {"action": "halve"}]), "errata.0.action: Input should be 'full', 'drop' or 'rescale'"),
    "date": (set_top(errata=[ERRATUM | {"date": "gestern"}]), "errata.0.date: Input should be a valid date"),
    "memory too small": (set_top(limits={"memory_mb": 1}), "limits.memory_mb: Input should be greater than or equal to 256"),
    "memory beyond all machines": (set_top(limits={"memory_mb": 10**9}), "limits.memory_mb: Input should be less than or equal to"),
    "no seconds": (set_top(limits={"cell_seconds": 0}), "limits.cell_seconds: Input should be greater than 0"),
    "too many items": (
        lambda d: d.update(items=[copy.deepcopy(d["items"][0]) for _ in range(201)]),
        "items: Tuple should have at most 200 items",
    ),
}


@pytest.mark.parametrize("case", SHAPES)
def test_wrong_shape_says_so(case, tmp_path):
    change, message = SHAPES[case]
    data = manifest()
    change(data)
    with pytest.raises(ManifestError) as caught:
        load(tmp_path, data)
    assert message in str(caught.value)


@pytest.mark.parametrize("number", [".nan", ".inf", "-.inf", "1e400", "1e3", "1_0.5", "1:30.5"])
def test_numbers_that_are_no_points(number, tmp_path):
    text = yaml.safe_dump(manifest(), allow_unicode=True).replace("points: 2.5", f"points: {number}")
    with pytest.raises(ManifestError, match=r"no plain (decimal|whole) number|is a plain number"):
        load_assignment(write(tmp_path, text), specification())


def test_points_are_the_decimals_that_were_written(tmp_path):
    data = manifest()
    set_item(MERGE, points=0.3)(data)
    set_item(TRAIN, points=3.4)(data)
    data["items"].append(
        data["items"][MERGE] | {"id": "extra", "points": 0.3, "covers": ["a02.1.a"]}
    )  # 0.3 + 3.4 + 0.3 != 4 in binary floats
    assert 0.3 + 3.4 + 0.3 != 4
    assert load(tmp_path, data).by_id["merge"].points == Decimal("0.3")


@given(cuts=st.sets(st.integers(1, 39_999), max_size=8))
def test_any_exact_split_of_a_dimension_is_accepted(cuts, tmp_path_factory):
    """Ten-thousandths that sum to the dimension's share always pass, one more never does."""
    parts = [after - before for before, after in itertools.pairwise([0, *sorted(cuts), 40_000])]
    data = manifest()
    kept = [item for item in data["items"] if item["dimension"] != "implementation"]
    new = [{"id": f"p{n}", "covers": ["a02.1.a", "a02.1.b"], "dimension": "implementation", "title": "t"} for n in range(len(parts))]

    def text(amounts: list[int]) -> str:
        items = kept + [item | {"points": f"@{amount}@"} for item, amount in zip(new, amounts, strict=True)]
        written = yaml.safe_dump(data | {"items": items}, allow_unicode=True)
        for amount in amounts:
            written = written.replace(f"'@{amount}@'", f"{amount // 10_000}.{amount % 10_000:04}")
        return written

    assert load_assignment(write(tmp_path_factory.mktemp("room"), text(parts)), specification()).maximum("implementation") == 4
    parts[0] += 1
    with pytest.raises(ManifestError, match="dimension implementation sums to"):
        load_assignment(write(tmp_path_factory.mktemp("room"), text(parts)), specification())
