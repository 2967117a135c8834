"""What is looked at before a workbook is opened: how it is packed, and what it really is."""

from __future__ import annotations

import errno
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from desktop.errors import SourceError

MOST_BYTES: Final = 2 << 30  # unpacked
MOST_RATIO: Final = 100  # of unpacked to packed, for parts over RATIO_FROM
RATIO_FROM: Final = 10 << 20
MOST_PARTS: Final = 10_000
XLSX, XLSB, ODS = "xlsx", "xlsb", "ods"
CONTENT: Final = "content.xml"  # of an ods
_BLOCK: Final = 1 << 20


@contextmanager
def open_package(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open the package of a workbook after looking at how it is packed.

    Afterwards its file is closed, whatever of it is still being read.

    Raises:
        SourceError: BrokenWorkbook or TooLarge.
    """
    with path.open("rb") as file:
        try:
            package = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise broken(path, str(error)) from error
        with package:
            _check_packing(path, package.infolist())
            yield package


def _check_packing(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or len(set(names)) != len(names):
        raise broken(path, "its parts cannot be told apart")
    if sum(part.file_size for part in parts) > MOST_BYTES:
        raise too_large(path, f"it is more than {MOST_BYTES >> 30} GB when unpacked")
    for part in parts:
        if part.file_size > RATIO_FROM and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise too_large(path, "it unpacks to more than a hundred times its size")


def broken(path: Path, reason: str) -> SourceError:
    """The error for a workbook that cannot be read."""
    return SourceError(
        f"“{path.name}” is a damaged workbook: {reason.strip().rstrip('.')}.",
        "Open it in Excel or LibreOffice and save it again.",
        "BrokenWorkbook",
    )


def too_large(path: Path, reason: str) -> SourceError:
    """The error for a file that would need too much memory."""
    return SourceError(
        f"“{path.name}” is too large to be read: {reason}.",
        "Delete what is not needed, or save the table as CSV.",
        "TooLarge",
    )


def kind_of(path: Path, package: zipfile.ZipFile) -> str:
    """XLSX, XLSB or ODS, by what is in the package.

    Raises:
        SourceError: BrokenWorkbook, where it is none of them.
    """
    names = {name.replace("\\", "/").lower() for name in package.namelist()}
    if CONTENT in names:
        return ODS
    if "xl/workbook.bin" in names:
        return XLSB
    if "xl/workbook.xml" in names or "_rels/.rels" in names:
        return XLSX
    raise broken(path, "there is no workbook in it")


def unpacked(path: Path, package: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces, counting what is really unpacked.

    Raises:
        SourceError: BrokenWorkbook or TooLarge.
    """
    unpacked = 0
    try:
        with package.open(part) as stream:
            while block := stream.read(_BLOCK):
                unpacked += len(block)
                if unpacked > MOST_BYTES:
                    raise too_large(path, f"it is more than {MOST_BYTES >> 30} GB when unpacked")
                yield block
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # else a drive that went away
            raise
        raise broken(path, str(error)) from error
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise broken(path, str(error)) from error
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise broken(path, str(error)) from error
        raise
