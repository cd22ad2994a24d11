from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import sys

import pytest

from course_lib.kit import __main__ as command
from course_lib.kit import plots, preflight


def test_this_machine_is_ready(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert command.main(["preflight"]) == 0
    said = capsys.readouterr().out
    assert "준비되었습니다" in said
    assert "✗" not in said


def without(monkeypatch, *missing: str) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name in missing else real(name, *rest))


def test_missing_packages_are_named_with_the_way_to_get_them(tmp_path, monkeypatch, capsys):
    without(monkeypatch, "regex", "nbclient", "matplotlib")
    monkeypatch.chdir(tmp_path)
    assert command.main(["preflight"]) == 1
    said = capsys.readouterr().out
    for name in ("regex", "nbclient", "matplotlib"):
        assert f"-m pip install {name}" in said
    assert "부족한 것이 3가지" in said


def test_what_the_notebook_imports_is_looked_for(tmp_path, capsys):
    cells = [
        "import no_such_library.part as x\nimport os",
        "%matplotlib inline",
        "from sklearn import svm",
        "from course_lib.kit import x\nfrom . import y",
    ]
    notebook = tmp_path / "과제.ipynb"
    notebook.write_text(json.dumps({"cells": [{"cell_type": "code", "source": [cell]} for cell in cells]}), "utf-8")
    assert preflight.main(str(notebook)) == 1
    said = capsys.readouterr().out
    assert "no_such_library 없음 (과제.ipynb에서 가져옵니다)" in said
    assert "scikit-learn" in said
    assert "course_lib" not in said


@pytest.mark.parametrize("content", ["", "[]", '{"cells": 3}', "\x00"])
def test_a_broken_notebook_is_no_reason_to_fail(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_text(content)
    assert preflight._imports(path) == []


@pytest.mark.parametrize("version", [(3, 9, 1), (3, 14, 0)])
def test_other_pythons_are_refused(tmp_path, monkeypatch, version, capsys):
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.chdir(tmp_path)
    assert preflight.main(None) == 1
    assert "파이썬 3.11부터 3.13까지" in capsys.readouterr().out


def test_a_folder_that_cannot_be_written(tmp_path):
    finding = preflight._writable(tmp_path / "not there")
    assert not finding.ok
    assert "홈 폴더" in finding.remedy


def test_without_a_korean_font_only_a_warning(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(plots, "packaged_font", lambda: None)
    monkeypatch.setattr(plots, "SYSTEM_FONTS", ())
    monkeypatch.chdir(tmp_path)
    assert preflight.main(None) == 0
    assert "△ 한글 글꼴이 없어" in capsys.readouterr().out


def test_the_font_has_hangul_and_minus_signs_are_drawn(recwarn):
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context():
        assert plots.setup_plots() == "NanumGothic"
        figure = Figure()
        figure.subplots().set(xlabel="어휘 크기 −1", title="토큰당 바이트", xlim=(-2, 2))
        figure.canvas.draw()
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]
    assert "koreanize_matplotlib" not in sys.modules


def test_wrong_use_says_how(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert command.main(["pack"]) == 2
    assert "노트북을 하나 골라" in capsys.readouterr().err
    assert command.main(["pack", "none.ipynb"]) == 2
    (tmp_path / "bad.ipynb").write_text("no json")
    assert command.main(["pack", "bad.ipynb"]) == 2
    assert "깨졌습니다" in capsys.readouterr().err
    assert not (tmp_path / "pack").exists()
    with pytest.raises(SystemExit) as caught:
        command.main([])
    assert caught.value.code == 2


def pinned(tmp_path, monkeypatch, *lines: str) -> None:
    path = tmp_path / "requirements-student.txt"
    path.write_text("# what students install\n" + "\n".join(lines) + "\n")
    monkeypatch.setattr(preflight, "PINS", path)
    monkeypatch.chdir(tmp_path)


def test_other_versions_than_the_kits_are_a_warning(tmp_path, monkeypatch, capsys):
    here = importlib.metadata.version("regex")
    pinned(tmp_path, monkeypatch, "numpy==0.1", f"Regex=={here}")
    assert preflight.main(None) == 0
    said = capsys.readouterr().out
    assert f"△ numpy {importlib.metadata.version('numpy')}: 과제는 0.1에서 시험했습니다" in said
    assert "-m pip install -r requirements-student.txt" in said
    assert f"✓ regex {here}" in said


def test_a_build_of_the_pinned_version_is_the_pinned_version():
    assert preflight._versioned("torch", "2.13.0+cpu", "2.13.0").ok
    assert not preflight._versioned("torch", "2.13.1", "2.13.0").ok


def test_what_is_absent_is_installed_in_the_pinned_version_all_at_once(tmp_path, monkeypatch, capsys):
    without(monkeypatch, "regex")
    pinned(tmp_path, monkeypatch, "regex==2026.1", "no-such-library==3", "jupyterlab==4")
    real = importlib.metadata.version

    def version(name):
        if name == "jupyterlab":
            raise importlib.metadata.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    assert preflight.main(None) == 1
    said = capsys.readouterr().out
    assert "한꺼번에 설치하기" in said
    assert said.partition("한꺼번에 설치하기: ")[2].splitlines()[0].endswith("-m pip install regex==2026.1 no-such-library==3")
    assert "△ jupyterlab 없음" in said
    assert "부족한 것이 2가지" in said
