"""README.txt of a student's kit, in Korean: what it is, and five lines for each system until the notebook is open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from autograder.manifest import Assignment

IN_COLAB = frozenset("ipykernel ipython jupyterlab matplotlib mistune nbclient nbformat numpy pytest".split())  # noqa: SIM905

TEXT = """\
{title}
{underline}

{contents}
{pages}{notes}
course_lib 폴더와 노트북은 언제나 같은 폴더에 두세요. 폴더 이름에 한글이나 빈칸이 있어도 됩니다.
파이썬 3.11, 3.12, 3.13 가운데 하나가 있어야 합니다(https://www.python.org/downloads/). 설치할 때만 인터넷을 씁니다.


윈도: 이 폴더의 주소창에 powershell 이라고 쳐서 터미널을 엽니다.

  1. py -m venv .venv
  2. .venv\\Scripts\\python -m pip install -r requirements-student.txt
  3. .venv\\Scripts\\python -m course_lib.kit preflight {notebook}
  4. .venv\\Scripts\\python -m jupyterlab {notebook}
  5. 다 풀면: .venv\\Scripts\\python -m course_lib.kit pack {notebook}


맥: Finder에서 이 폴더를 오른쪽 클릭해 '폴더에서 새로운 터미널 열기'를 고릅니다.

  1. python3 -m venv .venv
  2. .venv/bin/python -m pip install -r requirements-student.txt
  3. .venv/bin/python -m course_lib.kit preflight {notebook}
  4. .venv/bin/python -m jupyterlab {notebook}
  5. 다 풀면: .venv/bin/python -m course_lib.kit pack {notebook}


리눅스: 이 폴더에서 터미널을 엽니다. 데비안과 우분투에서는 먼저 sudo apt install python3-venv 를 실행하세요.

  1. python3 -m venv .venv
  2. .venv/bin/python -m pip install -r requirements-student.txt
  3. .venv/bin/python -m course_lib.kit preflight {notebook}
  4. .venv/bin/python -m jupyterlab {notebook}
  5. 다 풀면: .venv/bin/python -m course_lib.kit pack {notebook}


Colab: 이 폴더를 통째로 구글 드라이브의 '내 드라이브'에 올리고, 거기에서 노트북을 Colab으로 엽니다.
맨 위에 코드 셀을 하나 더해 아래 다섯 줄을 적고, 노트북을 열 때마다 이 셀을 먼저 실행합니다.

  from google.colab import drive
  drive.mount("/content/drive")
  %cd /content/drive/MyDrive/{folder}
  !pip install -q {colab}
  !python -m course_lib.kit preflight {notebook}

다 풀면 노트북을 저장하고 새 셀에서 !python -m course_lib.kit pack {notebook} 을 실행합니다.
"""

SELF_STUDY = """
자습용 꾸러미입니다. 채점할 때 쓰는 검사와 정답이 들어 있으니, 채점하는 수업의 학생에게는 나누어 주지 마세요.
노트북에서 check("항목")은 모든 검사를 하고, answer("항목")은 힌트 다음에 정답을 보여 주고,
mark("항목", …)은 글로 쓴 답에 스스로 매긴 점수를 적어 둡니다.
check()는 진행 상황을 보여 줍니다. 진행 상황은 같은 폴더의 progress.json에 남습니다.
"""


def read_me(
    folder: str, week: int, chosen: Sequence[Assignment], distributions: Iterable[str], pages: Mapping[str, str], *, self_study: bool
) -> str:
    """The text for a kit in ``folder`` of these assignments, whose notebooks need ``distributions``.

    Args:
        pages: what to read on the site, by title: the address, or "" while the site has none for people outside.
    """
    title = f"{week}주차 과제 꾸러미" + (" (자습용)" if self_study else "")
    contents = "\n".join(f"- {a.id}.ipynb: {a.title}" + (" [초안]" if a.draft else "") for a in chosen)
    drafts = [a.id for a in chosen if a.draft]
    notes = f"\n아직 초안입니다: {', '.join(drafts)}. 문제와 배점이 바뀔 수 있습니다.\n" if drafts else ""
    lines = [f"- {title}" + (f": {url}" if url else "") for title, url in pages.items()]
    read = "\n".join(["", "함께 읽을 것(이 과정의 웹사이트):", *lines, ""]) if lines else ""
    return TEXT.format(
        title=title,
        underline="=" * (2 * len(title)),
        contents=contents,
        pages=read,
        notes=notes + (SELF_STUDY if self_study else ""),
        folder=folder,
        notebook=f"{chosen[0].id}.ipynb",
        colab=" ".join(name for name in distributions if name.lower() not in IN_COLAB),
    )
