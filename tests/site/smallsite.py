"""The site in miniature: the course's own configuration and extension over a few pages, built in seconds in a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import tinycourse

from autograder.build import write_release
from autograder.course import ROOT, Course

CONTENTS = """\
format: jb-book
root: book/index
parts:
  - caption: 첫째 부분
    chapters:
      - file: book/chapter
      - file: assignments/t01_sums/t01_sums
"""
FRONT = """\
# 작은 책

::::{grid} 1
:::{grid-item-card} 들어가기
:link: chapter
:link-type: doc

카드 전체가 링크입니다.
:::
::::

```{book-pdf}
```
"""
WIDE = "|".join(f"열{number:02}이고긴이름" for number in range(14))
CHAPTER = f"""\
---
jupytext: {{text_representation: {{extension: .md, format_name: myst}}}}
kernelspec: {{display_name: Python 3, language: python, name: python3}}
---

# 한 장

글과 식 $\\frac{{a}}{{b}}$, 그리고 [첫 쪽](index.md)으로 가는 링크입니다.

## 코드

```{{code-cell}} ipython3
print("{"길다" * 120}")
```

## 표

|{WIDE}|
|{"|".join(["---"] * 14)}|
|{"|".join(["1234567890"] * 14)}|

::::{{tab-set}}
:::{{tab-item}} 하나
첫 탭입니다.
:::
:::{{tab-item}} 둘
둘째 탭입니다.
:::
::::

```{{dropdown}} 접힌 풀이
숨은 문장입니다.
```
"""


def make_site(folder: Path) -> Course:
    """A checkout of the tiny course with a book: front page, one executed chapter, and its released notebook."""
    course = tinycourse.make_course(folder)
    for name in ("_config.yml", "LICENSE", "requirements.txt"):
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copytree(ROOT / "web", folder / "web", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "_toc.yml").write_text(CONTENTS, encoding="utf-8")
    (folder / "book").mkdir()
    (folder / "book" / "index.md").write_text(FRONT, encoding="utf-8")
    (folder / "book" / "chapter.md").write_text(CHAPTER, encoding="utf-8")
    write_release(course, tinycourse.ID)
    return course
