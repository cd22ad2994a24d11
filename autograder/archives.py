"""Files of a folder or a zip from elsewhere, listed and read within bounds. Everything about them is a stranger's word.

Links, special files, names that lead out of the archive, encrypted and damaged entries are refused, each with a reason; what is read
is counted as it is decompressed, because the sizes that an archive states prove nothing.
"""

from __future__ import annotations

import io
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from autograder.reading import NotAFile, read_file

ZIP64_LOCATOR, END_OF_DIRECTORY = b"PK\x06\x07", b"PK\x05\x06"
NOISE = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini", "__pycache__", ".ipynb_checkpoints"})
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True)
class Bounds:
    """What is read of one source."""

    entries: int = 50_000
    file_bytes: int = 40_000_001  # one more than a notebook may have, so that a larger one is still told
    total_bytes: int = 20_000_000_000
    nested_bytes: int = 400_000_000  # of a zip within, packed and unpacked
    directory_bytes: int = 8_000_000  # the list of files of a zip within


BOUNDS = Bounds()


class Refused(ValueError):
    """A file or an archive that is not read; the text says why."""


@dataclass
class Budget:
    """How many bytes may still be read."""

    left: int

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Refused("unpacks to more than is read of one submission")


@dataclass(frozen=True)
class Entry:
    """A regular file: its relative path with slashes, composed letters; ``moment`` is the archive's date without a zone."""

    path: str
    _read: Callable[[int], bytes] = field(repr=False, compare=False)
    moment: datetime | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts

    @property
    def name(self) -> str:
        return self.parts[-1]

    def below(self, count: int) -> Entry:
        """The same file without the first ``count`` folders of its path."""
        return Entry("/".join(self.parts[count:]), self._read, self.moment)

    def read(self, limit: int = BOUNDS.file_bytes) -> bytes:
        """At most ``limit`` bytes. Raises Refused."""
        try:
            return self._read(limit)
        except NotAFile:
            raise Refused("no regular file") from None
        except BROKEN as error:
            raise error if isinstance(error, Refused) else Refused(f"damaged: {error}"[:200]) from None


@dataclass(frozen=True)
class Listing:
    """The files of a source in the order of their paths; names of what is refused, with the reason."""

    entries: list[Entry]
    refused: list[tuple[str, str]]


def list_folder(folder: Path, bounds: Bounds = BOUNDS) -> Listing:
    """Every regular file below ``folder``; no link is followed."""
    entries, refused = [], []
    budget = Budget(bounds.total_bytes)
    for path in _walk(folder, refused):
        if len(entries) + len(refused) >= bounds.entries:
            refused.append((str(folder), f"more than {bounds.entries:,} files; the others were not looked at"))
            break
        name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
        if noise(name):
            continue
        if not name.isprintable():
            refused.append((name, "its name has characters that cannot be shown"))
        elif path.is_symlink():
            refused.append((name, "a link"))
        elif not path.is_file():
            refused.append((name, "no regular file"))
        else:
            entries.append(Entry(name, lambda limit, path=path: _spent(read_file(path, limit), budget)))
    return Listing(sorted(entries, key=lambda entry: entry.path), refused)


def _walk(folder: Path, refused: list[tuple[str, str]]) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        for name in sorted(folders):
            if Path(place, name).is_symlink():
                refused.append((str(Path(place, name).relative_to(folder)), "a link"))
        folders[:] = sorted(name for name in folders if not Path(place, name).is_symlink())
        yield from (Path(place, name) for name in sorted(names))


def list_zip(file: Path | bytes, bounds: Bounds = BOUNDS, budget: Budget | None = None) -> Listing:
    """The files of a zip, which is kept open for as long as one of them is held.

    Args:
        file: a path; or a zip within another as bytes, for which narrower bounds hold.

    Raises:
        Refused: it is no zip, or too large to look into.
    """
    if isinstance(file, bytes):
        _check_directory(file, bounds)
        budget = budget or Budget(bounds.nested_bytes)
    budget = budget or Budget(bounds.total_bytes)
    try:
        archive = zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file)
    except BROKEN as error:
        raise Refused(f"no zip that can be read: {error}"[:200]) from None
    infos = archive.infolist()
    if len(infos) > bounds.entries:
        raise Refused(f"holds more than {bounds.entries:,} files")
    entries: dict[str, Entry] = {}
    refused: list[tuple[str, str]] = []
    for info, name in zip(infos, names(infos), strict=True):
        if info.is_dir() or name.endswith("/"):
            continue
        try:
            path = _checked(name, info)
            if path in entries:
                raise Refused("a second file of the same name")
        except Refused as error:
            refused.append((name, str(error)))
            continue
        if not noise(path):
            entries[path] = Entry(path, lambda limit, info=info: _unpacked(archive, info, limit, budget), _moment(info))
    return Listing([entries[path] for path in sorted(entries)], refused)


def names(infos: Iterable[zipfile.ZipInfo]) -> list[str]:
    """The entries' names, NFC. Those without the flag for UTF-8 are UTF-8 (macOS) or CP949 (Korean Windows), all of one archive alike."""
    infos = list(infos)
    raw = [None if info.flag_bits & 0x800 else _raw(info.filename) for info in infos]
    unsure = [name for name in raw if name is not None and not name.isascii()]
    encoding = _encoding(unsure)
    decoded = [info.filename if name is None else name.decode(encoding) for info, name in zip(infos, raw, strict=True)]
    return [unicodedata.normalize("NFC", name.replace("\\", "/")) for name in decoded]


def noise(path: str) -> bool:
    """What operating systems and editors leave beside files."""
    return any(part in NOISE or part.startswith("._") or part == ".DS_Store" for part in path.split("/"))


def _raw(name: str) -> bytes | None:
    """What zipfile read as CP437; None where it knew better (a name in an extra field)."""
    try:
        return name.encode("cp437")
    except UnicodeEncodeError:
        return None


def _encoding(raw: list[bytes]) -> str:
    """One encoding that reads all names. Two Korean letters in CP949 can be UTF-8 by chance, as Latin letters: Korean wins."""
    readable = {}
    for encoding in ("utf-8", "cp949"):
        try:
            readable[encoding] = sum("가" <= unicodedata.normalize("NFC", letter) <= "힣" or "\u1100" <= letter <= "\u11ff"
                                     for name in raw for letter in name.decode(encoding))  # fmt: skip
        except UnicodeDecodeError:
            continue
    return max(readable, key=lambda encoding: readable[encoding]) if readable else "cp437"


def _checked(name: str, info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise Refused("a link" if stat.S_ISLNK(mode) else "no regular file")
    if info.flag_bits & 0x1:
        raise Refused("encrypted")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("compressed in an unusual way")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", name):
        raise Refused("its name leads out of the archive")
    if not parts or not name.isprintable() or len(name) > 1_000 or any(len(part.encode()) > 255 for part in parts):
        raise Refused("its name cannot be a file's")
    return "/".join(parts)


def _check_directory(data: bytes, bounds: Bounds) -> None:
    """Refuse a zip whose list of files would cost much memory, before it becomes objects."""
    if len(data) > bounds.nested_bytes:
        raise Refused(f"a zip larger than {bounds.nested_bytes:,} bytes")
    at = data.rfind(END_OF_DIRECTORY, max(0, len(data) - 66_000))
    if at < 0 or len(data) < at + 22:
        raise Refused("no zip that can be read")
    if ZIP64_LOCATOR in data[max(0, at - 66_000) : at] or int.from_bytes(data[at + 12 : at + 16], "little") > bounds.directory_bytes:
        raise Refused("a zip with too many files")


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int, budget: Budget) -> bytes:
    with archive.open(info) as file:
        return _spent(file.read(limit), budget)


def _spent(data: bytes, budget: Budget) -> bytes:
    budget.spend(len(data))
    return data


def _moment(info: zipfile.ZipInfo) -> datetime | None:
    try:
        return None if info.date_time[0] <= 1980 else datetime(*info.date_time)
    except ValueError:
        return None
