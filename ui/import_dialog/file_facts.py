"""What the import dialog reads about a file beside its preview, in the hub's threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from desktop.imports.integrations.definition import FixedColumn
from desktop.imports.mending.error_file import is_error_file
from desktop.imports.sources.fixed_width import propose_columns, sample_lines
from desktop.tasks.task import TaskError
from ui.framework.context import PageContext
from ui.import_dialog.clipboard import PastedText, WriteText, remove_text
from ui.import_dialog.offered_fields import Offered, ReadOffered

__all__ = ["FileFacts", "Ruled"]

RULED_LINES = 200


class Ruled(NamedTuple):
    """Lines of a file with the columns that its blanks propose."""

    path: Path
    lines: Sequence[str]
    columns: tuple[FixedColumn, ...]


@dataclass(frozen=True, slots=True)
class _ReadLines:
    path: Path
    encoding: str

    def __call__(self) -> Ruled:
        lines = sample_lines(self.path, self.encoding, RULED_LINES)
        return Ruled(self.path, lines, propose_columns(lines))


@dataclass(frozen=True, slots=True)
class _ReadKind:
    path: Path

    def __call__(self) -> tuple[Path, bool]:
        return self.path, is_error_file(self.path)


class FileFacts(QObject):
    """Asks, and tells the answers; what was asked before and is no longer of interest is not told.

    Signals:
        offered: an `Offered`: the fields of the integration that was asked for last.
        ruled: a `Ruled`: the lines for the ruler.
        written: the path of a file with what was pasted.
        known: the path of a file, and whether it has the failed rows of an import.
        failed: why one of these could not be done, in words.
    """

    offered = Signal(object)
    ruled = Signal(object)
    written = Signal(object)
    known = Signal(object, bool)
    failed = Signal(str)

    def __init__(self, context: PageContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._written: list[Path] = []

    def ask_kind(self, path: Path) -> None:
        """Does the file have the failed rows of an import?"""
        self._context.hub.query(self, _ReadKind(path), self._on_kind, self._on_error, key="kind")

    def ask_fields(self, integration_code: str) -> None:
        """Which fields may the columns fill?"""
        self._context.hub.query(
            self, ReadOffered(integration_code), self._on_offered, self._on_error, key="fields"
        )

    def ask_lines(self, path: Path, encoding: str) -> None:
        """What are the lines under the ruler?

        Args:
            encoding: a Python name, as it was detected or chosen.
        """
        self._context.hub.query(self, _ReadLines(path, encoding), self._on_ruled, self._on_error, key="lines")

    def write_pasted(self, pasted: PastedText) -> None:
        """Make a file of what was pasted; it is removed with this object's `close`."""
        write = WriteText(pasted.text, self._context.clock.now())
        self._context.hub.query(self, write, self._on_written, self._on_error, key="paste")

    def close(self) -> None:
        """Nothing is told any more, and files of what was pasted are removed."""
        self._context.hub.forget(self)
        for path in self._written:
            remove_text(path)
        self._written.clear()

    def _on_kind(self, kind: tuple[Path, bool]) -> None:
        self.known.emit(*kind)

    def _on_offered(self, offered: Offered) -> None:
        self.offered.emit(offered)

    def _on_ruled(self, ruled: Ruled) -> None:
        self.ruled.emit(ruled)

    def _on_written(self, path: Path) -> None:
        self._written.append(path)
        self.written.emit(path)

    def _on_error(self, error: TaskError) -> None:
        self.failed.emit(error.text)
