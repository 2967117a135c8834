"""What is looked at before a file is opened as what it claims to be, and whether it stayed the same meanwhile."""

from __future__ import annotations

import errno
import re
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.errors import SourceError

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
PACKED: Final = b"PK\x03\x04"
COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|html|table)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file is still the same: its number on the disk, size in bytes and time of the last change."""

    number: int
    size: int
    changed_ns: int


def shown_name(path: Path) -> str:
    """The name of a file as a text, with � for what an operating system allows in names and no text can hold."""
    return path.name.encode(errors="surrogateescape").decode(errors="replace")


def check_name(path: Path) -> None:
    """Make sure that the path can be told, stored and found again.

    Raises:
        SourceError: WrongName.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise SourceError(
            f"The name of “{shown_name(path)}”, or of its folder, has signs that are no text.",
            "Rename it, then choose it again.",
            "WrongName",
        ) from error


def check_kind(path: Path) -> None:
    """Make sure that the path is no folder, pipe or device; one that cannot be looked at is left to who opens it.

    Raises:
        SourceError: WrongName, IsAFolder or CannotRead.
    """
    check_name(path)
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if stat.S_ISDIR(mode):
        raise SourceError(f"“{path}” is a folder, not a file.", "Choose a file in it.", "IsAFolder")
    if not stat.S_ISREG(mode):
        raise SourceError(
            f"“{path}” is a pipe or a device, not a file.",
            "Save what comes from it in a file, and choose that.",
            "CannotRead",
        )


def head_of(path: Path) -> bytes:
    """The first 512 bytes of a file that is there, can be read and has content.

    Raises:
        SourceError: WrongName, NotFound, NoPermission, IsAFolder, CannotRead, Empty, or what `unreadable` says.
    """
    check_kind(path)
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except FileNotFoundError:
        raise SourceError(f"There is no file “{path}”.", "Check its name and folder.", "NotFound") from None
    except PermissionError:
        raise SourceError(
            f"You may not read “{path}”.",
            "Ask for the right to read it, or copy it elsewhere.",
            "NoPermission",
        ) from None
    except OSError as error:
        raise unreadable(path, error) from error
    if not head.strip() and path.stat().st_size == len(head):
        raise SourceError(f"“{path.name}” is empty.", "Choose a file with data.", "Empty")
    return head


def unreadable(path: Path, error: OSError) -> SourceError:
    """The error for what the operating system says while a file is read."""
    if error.errno in _NO_ROOM:
        return SourceError(
            f"“{path.name}” cannot be read: there is no room on the disk for what is kept aside meanwhile "
            f"(in “{tempfile.gettempdir()}”).",
            "Free some space there, then read the file again.",
            "DiskFull",
        )
    return SourceError(
        f"“{path}” cannot be read: {error.strerror or error}.",
        "Copy it to another place and try again.",
        "CannotRead",
    )


def check_workbook(path: Path, head: bytes) -> None:
    """Make sure that a file named like a workbook begins like one.

    Raises:
        SourceError: NotWhatItSays.
    """
    ending = path.suffix.lower()
    if head.startswith(COMPOUND) or (head.startswith(PACKED) and ending != ".xls"):
        return
    if head.startswith(PACKED):
        really, rename = (
            "is really a workbook of a newer kind",
            "Rename it to end with .xlsx, or save it as that.",
        )
    elif _MARKUP.match(head):
        really, rename = "is really a web page or XML", "Open it in Excel and save it as a workbook."
    elif 0 not in head:
        really, rename = "is really a text file", "Rename it to end with .csv."
    else:
        really, rename = "is not a workbook", "Open it in Excel and save it again, or choose another file."
    raise SourceError(f"“{path.name}” is named like a workbook, but {really}.", rename, "NotWhatItSays")


def check_text(path: Path, head: bytes) -> None:
    """Make sure that a file is no other kind that can be told by its beginning.

    Raises:
        SourceError: NotWhatItSays.
    """
    if head.startswith(PACKED):
        really, rename = (
            "a workbook or another packed file",
            "If it is a workbook, rename it to end with .xlsx.",
        )
    elif head.startswith(COMPOUND):
        really, rename = "an old or protected workbook", "If it is a workbook, rename it to end with .xls."
    elif head.startswith(b"%PDF"):
        really, rename = "a PDF document", "Export the data as CSV or as a workbook."
    elif head.startswith(b"\x1f\x8b"):
        really, rename = "a compressed file", "Unpack it first."
    elif _MARKUP.match(head) or (path.suffix.lower() == ".xml" and head.lstrip()[:1] == b"<"):
        really, rename = "XML or a web page", "Export the data as CSV, JSON or a workbook."
    else:
        return
    raise SourceError(f"“{path.name}” is not a text file but {really}.", rename, "NotWhatItSays")


def stamp_of(path: Path) -> Stamp:
    """The stamp of a file as it is now."""
    found = path.stat()
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns)


def unchanged(path: Path, stamp: Stamp) -> Iterator[tuple[int, list[str]]]:
    """No rows: put behind those of a file, makes sure that nobody wrote it while they were read.

    Raises:
        SourceError: Changed.
    """
    if stamp_of(path) != stamp:
        raise changed(path)
    yield from ()


def changed(path: Path) -> SourceError:
    """The error for a file that became another one while it was read."""
    return SourceError(
        f"“{path.name}” was changed by another program while it was read.",
        "Wait until it is complete, then read it again.",
        "Changed",
    )
