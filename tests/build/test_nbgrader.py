"""nbgrader's own commands at the root of the repository, on a term of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import tinycourse
from traitlets.config import Config

from autograder.build import build_release, write_source
from autograder.course import ROOT, open_course
from autograder.nbgrader_settings import nbgrader_config, put_environment_on_path

IDS = open_course().assignment_ids()


def test_one_configuration(tiny_course, tmp_path):
    config = nbgrader_config(tiny_course)
    assert config.CourseDirectory.root == str(tiny_course.term)
    assert nbgrader_config(tiny_course, root=tmp_path / "aside").CourseDirectory.root == str(tmp_path / "aside")
    assert {"*.md", "*.yml", "*.py", "pack", "evidence"} <= set(config.CourseDirectory.ignore)
    assert "nbgrader.preprocessors.Execute" not in config.Autograde.autograde_preprocessors
    assert config.Autograde.autograde_preprocessors[0] == "autograder.nbgrader_hooks.ResultPreprocessor"
    assert config.Autograde.exporter_class == "autograder.nbgrader_hooks.RestoringExporter"
    config.CourseDirectory.ignore.append("x")
    assert "x" not in nbgrader_config(tiny_course).CourseDirectory.ignore


def test_the_preprocessors_are_nbgraders_own_but_for_execute(tiny_course):
    from nbgrader.converters import Autograde

    names = nbgrader_config(tiny_course).Autograde.autograde_preprocessors
    usual = [cls.__name__ for cls in Autograde().autograde_preprocessors]
    assert usual[0] == "Execute"
    assert [name.rpartition(".")[2] for name in names if not name.startswith("autograder.")] == usual[1:]


def test_the_root_file_loads_it(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_TERM", str(tmp_path / "term"))
    monkeypatch.setenv("PATH", os.environ["PATH"])
    config = Config()
    exec(compile((ROOT / "nbgrader_config.py").read_text(), str(ROOT / "nbgrader_config.py"), "exec"), _globals(config))
    assert config == nbgrader_config(open_course())
    assert (tmp_path / "term").is_dir()


def _globals(config: Config) -> dict:
    return {"get_config": lambda: config, "__file__": str(ROOT / "nbgrader_config.py"), "__name__": "config"}


def test_this_environments_programs_come_first(monkeypatch):
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", f"/usr/bin:{folder}:/bin")
    put_environment_on_path()
    assert os.environ["PATH"] == f"{folder}:/usr/bin:{folder}:/bin"
    put_environment_on_path()
    assert os.environ["PATH"] == f"{folder}:/usr/bin:{folder}:/bin"
    monkeypatch.delenv("PATH")
    put_environment_on_path()
    assert os.environ["PATH"] == folder


def nbgrader(term: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run nbgrader at the root, with a PATH that does not hold this environment."""
    environment = {**os.environ, "COURSE_TERM": str(term), "PATH": "/usr/bin:/bin", "HOME": str(term.parent)}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.smoke
@pytest.mark.parametrize("name", IDS[:1])
def test_plain_generate_assignment_makes_the_same_release(name, tmp_path):
    course = open_course(term=tmp_path / "term")
    beside = write_source(course, name).parent
    for private in ("notebook.md", "assignment.yml", "checks.py", "more.yaml"):
        (beside / private).write_text("SECRET")
    (beside / "pack").mkdir()
    (beside / "pack" / "claims.json").write_text("SECRET")
    done = nbgrader(course.term, "generate_assignment", name)
    assert done.returncode == 0, done.stderr
    released = course.term / "release" / name
    assert sorted(os.listdir(released)) == [f"{name}.ipynb"]
    assert (released / f"{name}.ipynb").read_bytes() == build_release(course, name)
    assert (course.term / "gradebook.db").is_file()


@pytest.mark.smoke
def test_generate_assignment_in_process_from_any_folder(tiny_course, tmp_path_factory, monkeypatch):
    from nbgrader.apps import NbGraderAPI

    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    put_environment_on_path()
    write_source(tiny_course, tinycourse.ID)
    done = NbGraderAPI(config=nbgrader_config(tiny_course)).generate_assignment(tinycourse.ID)
    assert done["success"], done
    released = tiny_course.term / "release" / tinycourse.ID
    assert sorted(os.listdir(released)) == [f"{tinycourse.ID}.ipynb"]
    assert (released / f"{tinycourse.ID}.ipynb").read_bytes() == build_release(tiny_course, tinycourse.ID)
