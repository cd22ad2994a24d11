"""The kit holds what its allow-list names and nothing else of the course."""

from __future__ import annotations

import ast
import json
import multiprocessing
import os
import stat
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import tinycourse
import yaml

from autograder import kits
from autograder.build import BuildError, build_kit, build_release, kit_for_grading
from autograder.course import ROOT, open_course
from autograder.roomfiles import hidden_checks, mutant_files, public_checks

ID = tinycourse.ID
COURSE = open_course()


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_is_in_it(tiny_course, tmp_path):
    kit = build_kit(tiny_course, ID, tmp_path / "kit")
    own = [name for name in files(ROOT / "course_lib" / "kit") if "__pycache__" not in name]
    public = [f"course_lib/kit/public/{ID}.{suffix}" for suffix in ("py", "json")]
    assert files(kit) == sorted(["course_lib/__init__.py", *public, *(f"course_lib/kit/{name}" for name in own)])


def test_modes_let_everyone_read_and_nobody_else_write(tiny_course, tmp_path):
    old = os.umask(0o077)
    try:
        kit = build_kit(tiny_course, ID, tmp_path / "kit")
        graded = kit_for_grading(tiny_course, ID)
    finally:
        os.umask(old)
    for folder in (kit, graded):
        assert {stat.S_IMODE(p.stat().st_mode) for p in folder.rglob("*") if p.is_dir()} == {0o755}
        assert {stat.S_IMODE(p.stat().st_mode) for p in folder.rglob("*") if p.is_file()} == {0o644}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o755


def test_nothing_private_is_in_it(tiny_course, tmp_path):
    for kit in (build_kit(tiny_course, ID, tmp_path / "kit"), kit_for_grading(tiny_course, ID)):
        content = b"\0".join(path.read_bytes() for path in kit.rglob("*") if path.is_file())
        assert b"Public checks of the tiny assignment" in content
        assert not [mark for mark in tinycourse.PRIVATE_MARKS if mark.encode() in content]


def test_it_works_alone(tiny_course, tmp_path):
    kit = build_kit(tiny_course, ID, tmp_path / "kit")
    script = "import course_lib.kit.checking, course_lib.kit.wire, sys; print(course_lib.kit.wire.__file__)"
    environment = {"PYTHONPATH": str(kit), "PATH": os.environ["PATH"], "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
    assert done.stdout.strip() == str(kit / "course_lib" / "kit" / "wire.py")


def test_a_kit_needs_a_folder_of_its_own(tiny_course, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    with pytest.raises(BuildError, match="not empty"):
        build_kit(tiny_course, ID, tmp_path / "full")
    assert files(tmp_path / "full") == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    assert build_kit(tiny_course, ID, tmp_path / "empty") == tmp_path / "empty"


def test_public_checks_have_to_be_there(tiny_course, tmp_path):
    (tiny_course.room(ID) / "public_checks.py").unlink()
    with pytest.raises(BuildError, match=r"public_checks\.py: no such file"):
        build_kit(tiny_course, ID, tmp_path / "kit")
    assert not (tmp_path / "kit").exists()


def test_public_checks_in_several_files_all_travel(tiny_course, tmp_path):
    room = tiny_course.room(ID)
    (room / "public_checks.py").rename(room / "public_checks_sums.py")
    (room / "public_checks_more.py").write_text("# more\n")
    kit = build_kit(tiny_course, ID, tmp_path / "kit")
    assert files(kit / "course_lib/kit/public") == [f"{ID}-more.py", f"{ID}-sums.py", f"{ID}.json"]


class TestLibrary:
    """With a course_lib made for the test."""

    @pytest.fixture(autouse=True)
    def library(self, tmp_path, monkeypatch):
        library = tmp_path / "library" / "course_lib"
        for name in (
            "kit/a.py",
            "kit/data/words.txt",
            "kit/sub/b.py",
            "other/__init__.py",
            "other/x.py",
            "sums/__init__.py",
            "secret/__init__.py",
        ):
            (library / name).parent.mkdir(parents=True, exist_ok=True)
            (library / name).write_text(f"# {name}\n")
        (library / "__init__.py").write_text("")
        monkeypatch.setattr(kits, "LIBRARY", library)
        self.library = library

    def need(self, course, *topics):
        """A second assignment before the tiny one, whose topic the tiny one needs."""
        path = course.root / "specification.yml"
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        before = yaml.safe_load(path.read_text(encoding="utf-8").replace("t01", "t00"))["assignments"][0]
        data["assignments"] = [before | {"id": f"t00_{topics[0]}"}, *data["assignments"]]
        path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        manifest = course.room(ID) / "assignment.yml"
        manifest.write_text(manifest.read_text(encoding="utf-8") + f"needs: [{', '.join(topics)}]\n", encoding="utf-8")
        from autograder.specification import load_specification

        load_specification.cache_clear()
        return open_course(root=course.root, term=course.term)

    def test_only_named_suffixes_and_no_hidden_files(self, tiny_course, tmp_path):
        for name in ("kit/notes.ipynb", "kit/.env", "kit/a.pyc", "kit/__pycache__/a.py", "kit/.git/b.py", "kit/a.py~", "kit/key.pem"):
            (self.library / name).parent.mkdir(exist_ok=True)
            (self.library / name).write_text("SECRET")
        kit = build_kit(tiny_course, ID, tmp_path / "kit")
        public = [f"kit/public/{ID}.json", f"kit/public/{ID}.py"]
        assert files(kit / "course_lib") == ["__init__.py", "kit/a.py", "kit/data/words.txt", *public, "kit/sub/b.py"]

    def test_needs_bring_their_topic_and_no_other(self, tiny_course, tmp_path):
        course = self.need(tiny_course, "other")
        kit = build_kit(course, ID, tmp_path / "kit")
        assert (kit / "course_lib" / "other" / "x.py").is_file()
        assert not (kit / "course_lib" / "sums").exists()
        assert not (kit / "course_lib" / "secret").exists()

    def test_needs_that_are_not_there(self, tiny_course, tmp_path):
        course = self.need(tiny_course, "missing")
        with pytest.raises(BuildError, match="course_lib has no other topic 'missing'"):
            build_kit(course, ID, tmp_path / "kit")

    @pytest.mark.parametrize("target", ["../sums/__init__.py", "/etc/passwd", "nowhere"])
    def test_links_are_refused(self, target, tiny_course, tmp_path):
        (self.library / "kit" / "link.py").symlink_to(target)
        with pytest.raises(BuildError, match=r"link\.py: a link"):
            build_kit(tiny_course, ID, tmp_path / "kit")

    def test_linked_folders_are_refused(self, tiny_course, tmp_path):
        (self.library / "kit" / "more").symlink_to(self.library / "sums")
        with pytest.raises(BuildError, match="more: a link"):
            build_kit(tiny_course, ID, tmp_path / "kit")

    def test_the_folder_for_grading_is_named_after_its_content(self, tiny_course):
        first = kit_for_grading(tiny_course, ID)
        assert first.parent == tiny_course.term / "kits"
        assert kit_for_grading(tiny_course, ID) == first
        (self.library / "kit" / "a.py").write_text("# another\n")
        second = kit_for_grading(tiny_course, ID)
        assert second != first
        assert (first / "course_lib" / "kit" / "a.py").read_text() == "# kit/a.py\n"
        (self.library / "kit" / "a.py").write_text("# kit/a.py\n")
        assert kit_for_grading(tiny_course, ID) == first
        assert sorted(os.listdir(first.parent)) == sorted([first.name, second.name])
        (self.library / "kit" / "a.py").rename(self.library / "kit" / "c.py")
        assert kit_for_grading(tiny_course, ID) not in (first, second)

    def test_a_damaged_folder_is_built_anew(self, tiny_course):
        kit = kit_for_grading(tiny_course, ID)
        (kit / "course_lib" / "kit" / "a.py").write_text("# damaged\n")
        assert kit_for_grading(tiny_course, ID) == kit
        assert (kit / "course_lib" / "kit" / "a.py").read_text() == "# kit/a.py\n"
        (kit / "course_lib" / "kit" / "sub" / "b.py").unlink()
        assert (kit_for_grading(tiny_course, ID) / "course_lib" / "kit" / "sub" / "b.py").is_file()
        assert os.listdir(kit.parent) == [kit.name]

    def test_byte_code_is_in_it_and_used(self, tiny_course, tmp_path):
        (self.library / "kit" / "sub" / "b.py").write_text("print('compiled')\n")
        kit = kit_for_grading(tiny_course, ID)
        (kit / "course_lib" / "kit" / "sub" / "b.py").write_text("print('read again')\n")
        environment = {"PYTHONPATH": str(kit), "PATH": os.environ["PATH"]}
        command = [sys.executable, "-c", "import course_lib.kit.sub.b"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=tmp_path)
        assert done.stdout == "compiled\n"


def _kit_of(root: Path) -> Path:
    return kit_for_grading(open_course(root=root, term=root / "term"), ID)


def test_many_processes_agree_on_the_folder(tiny_course):
    with multiprocessing.get_context("fork").Pool(6) as pool:
        found = pool.map(_kit_of, [tiny_course.root] * 12)
    assert len(set(found)) == 1
    assert os.listdir(tiny_course.term / "kits") == [found[0].name]
    assert files(found[0])


# -- the real course --------------------------------------------------------------------------------------------------


def fragments(path: Path) -> set[str]:
    """Lines of a private file that are long enough to be recognised, as code or text."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return {line for line in lines if len(line) >= 40 and not line.startswith(("import ", "from ", "@pytest", "#"))}


def solution_lines(text: str) -> set[str]:
    inside, found = False, set()
    for line in text.splitlines():
        if "BEGIN SOLUTION" in line:
            inside = True
        elif "END SOLUTION" in line:
            inside = False
        elif inside and len(line.strip()) >= 30:
            found.add(line.strip())
    return found


@pytest.mark.parametrize("name", COURSE.assignment_ids())
def test_nothing_private_of_the_course_is_received(name, tmp_path):
    """No line of a solution, hidden check, mutant, alternative or reference is in the release or the kit."""
    room = COURSE.room(name)
    kit = build_kit(COURSE, name, tmp_path / "kit")
    release = nbformat.reads(build_release(COURSE, name).decode(), as_version=4)
    received = "\n".join(cell.source for cell in release.cells)
    kit_text = "\n".join(path.read_text(encoding="utf-8") for path in kit.rglob("*.py"))
    public = kit_text + "".join(path.read_text(encoding="utf-8") for path in public_checks(room))
    notebook = (room / "notebook.md").read_text(encoding="utf-8")
    prose = "\n".join(line for line in notebook.splitlines() if line.strip() not in solution_lines(notebook))
    private = solution_lines(notebook)
    for path in [*hidden_checks(room), *mutant_files(room), *(room / "alternatives").glob("*.py")]:
        private |= fragments(path) if path.is_file() else set()
    reference = COURSE.root / "course_lib" / COURSE.assignment(name).topic
    for path in reference.rglob("*.py"):
        private |= fragments(path)
    assert private
    own_kit = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "course_lib" / "kit").rglob("*.py")) + public
    leaked = [line for line in private if line in received and line not in prose]
    leaked += [line for line in private if line in kit_text and line not in own_kit]
    assert leaked == []
    assert not list(kit.rglob(f"course_lib/{reference.name}"))


def test_the_kit_imports_nothing_but_itself():
    """A kit module or public check that imports a reference, the grader or a test helper would fail at a student's."""
    public = [path for name in COURSE.assignment_ids() for path in public_checks(COURSE.room(name))]
    for path in [*(ROOT / "course_lib" / "kit").rglob("*.py"), *public]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.ImportFrom) and node.module == "course_lib":
                names += [f"course_lib.{alias.name}" for alias in node.names]
            for module in names:
                assert not module.startswith(("autograder", "solutions", "tests")), f"{path}: {module}"
                assert not module.startswith("course_lib.") or module.startswith("course_lib.kit"), f"{path}: {module}"


def test_of_the_manifest_it_has_titles_who_reads_and_deliverables_and_nothing_else(tiny_course, tmp_path):
    kit = build_kit(tiny_course, ID, tmp_path / "kit")
    told = json.loads((kit / f"course_lib/kit/public/{ID}.json").read_text(encoding="utf-8"))
    assignment = tiny_course.assignment(ID)
    assert told == {
        "items": [{"id": item.id, "title": item.title, "criteria": bool(item.criteria)} for item in assignment.items],
        "bonus": [{"id": item.id, "title": item.title, "criteria": bool(item.criteria)} for item in assignment.bonus],
        "deliverables": {"sums/": "덧셈 코드"},
        "parts": {
            "sums/": {
                "modules": {"adding": ["add", "double"], "totals": ["total"]},
                "sections": ["essay-add", "exp-analysis"],
                "tables": ["counts"],
            }
        },
        "draft": False,
    }
