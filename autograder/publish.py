"""What the public gets of a private course: the built site, its sources, the notebooks and the kits, by an allow-list.

The site travels built, so nothing that builds it has to: chapters run the references, rubric tables read the manifests.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from autograder.book import REPOSITORY_VARIABLE, build_book
from autograder.build import write_file
from autograder.course import Course, CourseError
from autograder.kitzip import week_kit
from autograder.leaks import leaks
from autograder.strictyaml import load_yaml

LISTING = ".published.json"
SITE_SUFFIXES = frozenset(
    ".html .css .js .json .svg .png .woff .woff2 .ttf .txt .md .ipynb .xml .inv .pdf".split()  # noqa: SIM905
)
BOOK_SUFFIXES = frozenset(".md .png .svg .bib".split())  # noqa: SIM905
NO_ADDRESS = ".example"  # the end of the host that stands in _config.yml until somebody says where the site goes

README = """\
# {title}

이 저장소는 강의의 공개된 부분입니다. 풀이와 숨은 검사는 들어 있지 않습니다.

| 폴더 | 담긴 것 |
| --- | --- |
| `site/` | 완성된 책. 책 전체의 PDF(`site/book.pdf`)도 함께 있습니다. |
| `book/` | 책의 원고(MyST Markdown) |
| `assignments/` | 과제 노트북 |
| `kit/` | 과제를 푸는 데 필요한 것을 모은 꾸러미(zip) |

## 책 읽기

인터넷 없이 읽을 수 있습니다. 이 폴더에서 다음 한 줄을 실행하고 <http://localhost:8000>을 엽니다.

```bash
python -m http.server 8000 --directory site
```

## 과제 풀기

{kits}
{colab}
## 웹에 올리기

GitHub 저장소에 올리고 **Settings → Pages → Source**에서 **GitHub Actions**를 고르면, `.github/workflows/pages.yml`이
`main` 가지에 올라온 `site/`를 그대로 펴냅니다. 다시 짓지 않으므로 몇 초면 끝납니다.

책의 본문은 CC BY 4.0, 코드는 `LICENSE`를 따릅니다.
"""

COLAB = """
Colab에서는 노트북의 맨 위에 코드 셀을 하나 더해 다음을 먼저 실행합니다.

```ipython3
!wget -q {raw}/kit/{kit} && unzip -qo {kit}
%cd {folder}
!pip install -q -r requirements-student.txt
```
"""

WORKFLOW = """\
# Publishes site/ as it is; nothing is built here.
name: pages
on:
  push:
    branches: [main]
  workflow_dispatch:
permissions:
  contents: read
  pages: write
  id-token: write
concurrency:
  group: pages
  cancel-in-progress: true
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment:
      name: github-pages
      url: ${{ steps.deployment.outputs.page_url }}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/configure-pages@v5
      - uses: actions/upload-pages-artifact@v3
        with:
          path: site
      - id: deployment
        uses: actions/deploy-pages@v4
"""


@dataclass(frozen=True)
class Publication:
    """What was published.

    Attributes:
        files: how many files lie in the folder now.
        removed: those of an earlier publication that are gone.
        notes: what whoever publishes should know.
    """

    folder: Path
    files: int
    removed: tuple[str, ...]
    notes: tuple[str, ...]


def publish(course: Course, folder: Path) -> Publication:
    """Build the site and write the public part of the course into ``folder``, which is new, empty, or an earlier publication.

    Everything is collected and searched for private code before the first file is written. The same course gives the same bytes.

    Raises:
        CourseError: an assignment is stale, the folder holds something else, or a file would give private code away.
        BookError: the book has warnings.
    """
    before = earlier_listing(folder)
    site = build_book(course, strict=True, pdf=True, fresh=True).parent
    files, notes = public_files(course, site)
    if found := leaks(course, files):
        raise CourseError("Nothing was published, because private code would have been:\n  " + "\n  ".join(found))
    return Publication(folder, len(files), write_publication(folder, files, before), notes)


def public_files(course: Course, site: Path) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Every file of the publication, and notes. Raises CourseError when a release notebook is stale."""
    files = {f"site/{name}": data for name, data in _below(site, SITE_SUFFIXES).items()}
    files["site/.nojekyll"] = b""
    files |= {f"book/{name}": data for name, data in _below(course.root / "book", BOOK_SUFFIXES).items()}
    kits, notes = _kits(course)
    files |= kits
    for name in course.assignment_ids():
        if (notebook := course.release_notebook(name)).is_file():
            files[f"assignments/{name}/{name}.ipynb"] = notebook.read_bytes()
    files["LICENSE"] = (course.root / "LICENSE").read_bytes()
    files["README.md"] = _read_me(course, sorted(kits)).encode()
    files[".github/workflows/pages.yml"] = WORKFLOW.encode()
    host = urlsplit(_address(site)).hostname or ""
    if host.endswith(NO_ADDRESS):
        notes.append(f"The pages name {host} as their address. Say where they will be read: COURSE_SITE_URL=https://… course publish …")
    drafts = [name for name in course.assignment_ids() if f"assignments/{name}/{name}.ipynb" in files and course.assignment(name).draft]
    notes += [f"{name} is a draft. Its page, its rubric and the kit say so." for name in drafts]
    return files, tuple(notes)


def _kits(course: Course) -> tuple[dict[str, bytes], list[str]]:
    """The zips by week, without those that hold the reference of another assignment: it may still be somebody's homework."""
    files: dict[str, bytes] = {}
    notes: list[str] = []
    released = [a for name in course.assignment_ids() if course.release_notebook(name).is_file() and (a := course.assignment(name))]
    for week in sorted({assignment.week for assignment in released}):
        of_week = [assignment for assignment in released if assignment.week == week]
        chosen = [assignment.id for assignment in of_week if not assignment.needs]
        notes += [
            f"{a.id} is in no kit: it needs {', '.join(a.needs)}, whose reference is public to nobody. Hand it out when that is over: "
            f"course kit --week {week} --assignment {a.id}"
            for a in of_week
            if a.needs
        ]
        if chosen:
            made = week_kit(course, week, only=chosen)
            files[f"kit/{made.folder}.zip"] = made.zipped()
    return files, notes


def _below(folder: Path, suffixes: frozenset[str]) -> dict[str, bytes]:
    """Files of these kinds below a folder, by relative path; nothing hidden and no links."""
    found: dict[str, bytes] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        for name in sorted(names):
            path = Path(parent) / name
            if path.suffix in suffixes and not name.startswith(".") and not path.is_symlink():
                found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def _address(site: Path) -> str:
    found = re.search(r"<loc>([^<]*)</loc>", (site / "sitemap.xml").read_text(encoding="utf-8"))
    return found[1] if found else ""


def _read_me(course: Course, kits: list[str]) -> str:
    repository = os.environ.get(REPOSITORY_VARIABLE, "").rstrip("/")
    title = load_yaml(course.root / "_config.yml")["title"]
    lines = [f"- [`{name}`]({name})을 내려받아 풀고, 그 안의 `README.txt`를 따라 시작합니다." for name in kits]
    colab = ""
    if kits and urlsplit(repository).hostname == "github.com":
        kit = kits[0].removeprefix("kit/")
        colab = COLAB.format(raw=f"{repository}/raw/main", kit=kit, folder=kit.removesuffix(".zip"))
    return README.format(title=title, kits="\n".join(lines) or "아직 나누어 주는 꾸러미가 없습니다.", colab=colab)


# -- the folder ---------------------------------------------------------------------------------------------------------


def earlier_listing(folder: Path) -> dict[str, str]:
    """What an earlier publication wrote into ``folder``, by hash; empty for a new folder or a fresh clone.

    Raises:
        CourseError: it holds something else, which would be mixed with the publication.
    """
    if not folder.exists():
        return {}
    if not folder.is_dir():
        raise CourseError(f"{folder}: a file. Name a folder to publish into.")
    listing = folder / LISTING
    if listing.is_file():
        return json.loads(listing.read_text(encoding="utf-8"))
    if others := sorted(path.name for path in folder.iterdir() if path.name != ".git"):
        raise CourseError(f"{folder}: holds {others[0]} and is no earlier publication. Name a new or an empty folder.")
    return {}


def write_publication(folder: Path, files: Mapping[str, bytes], before: Mapping[str, str]) -> tuple[str, ...]:
    """Write the files and take away those of the earlier publication that are gone; what else lies there stays. Returns their names."""
    gone = sorted(set(before) - set(files))
    listing = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    # First the names of old and new, so that after an interruption the folder is still known to be ours.
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / LISTING, _listed({**before, **listing}))
    for name, data in sorted(files.items()):
        write_file(folder / name, data)
    for name in gone:
        (folder / name).unlink(missing_ok=True)
        for parent in (folder / name).parents:
            if parent == folder or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()
    write_file(folder / LISTING, _listed(listing))
    return tuple(gone)


def _listed(listing: Mapping[str, str]) -> bytes:
    return (json.dumps(listing, indent=1, sort_keys=True) + "\n").encode()
