"""What can be done with whole integrations: copy, make one from a file, carry a definition to another company."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog

from desktop.clock import Clock
from desktop.imports.integrations import definition_file, removal
from desktop.tasks.task import TaskError
from models.errors import BackdeskError
from ui.file_dialog import FileDialog
from ui.framework.callbacks import check_screen_allowed
from ui.framework.context import Notice, PageContext
from ui.framework.page_actions import PageActions
from ui.integration_setup.code_dialog import CodeDialog
from ui.integration_setup.from_file_dialog import FromFileDialog

__all__ = ["IntegrationActions"]

ENDING: Final = ".backdesk-integration.json"
_FILTERS: Final = (f"Definitions of integrations (*{ENDING} *.json)", "All files (*)")


class IntegrationActions(PageActions):
    """For a page that shows integrations.

    Signals:
        deleted: an integration has gone.
    """

    deleted = Signal()

    def copy(self, code: str, description: str) -> None:
        """Ask for a code, and make an integration like this one."""
        dialog = CodeDialog(
            self._host.window(),
            self._context,
            f"Copy {code}",
            "The copy has the same fields, value maps and reading options. It watches no folder.",
            "Copy",
            partial(_copy, code),
            description=description,
        )
        dialog.made.connect(self._open)
        dialog.open()

    def delete(self, code: str) -> None:
        """Delete an integration; the toast takes that back."""
        work = _Delete(code, self._context.user_id, self._context.clock)
        self._context.hub.write(self, work, self._on_deleted, self._on_not_deleted)

    def create_from_file(self) -> None:
        """Make an integration whose fields are proposed from the columns of a file."""
        if self._context.foreground is None:
            return
        dialog = FromFileDialog(self._host.window(), self._context, self._context.foreground)
        dialog.made.connect(self._open)
        dialog.open()

    def export_definition(self, code: str) -> None:
        """Ask for a file, and write the definition into it."""
        dialog = self._file_dialog(f"Export the definition of {code}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"{code}{ENDING}")
        dialog.fileSelected.connect(partial(self._on_export_path, code))
        dialog.open()

    def import_definition(self) -> None:
        """Ask for a file, and make the integration that it describes."""
        dialog = self._file_dialog("Import the definition of an integration")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_import_path)
        dialog.open()

    def export_to(self, code: str, path: Path) -> None:
        """Write the definition into a file."""
        work = _Export(code, path)
        self._context.hub.query(self, work, self._on_exported, self._on_not_exported)

    def import_from(self, path: Path) -> None:
        """Read a definition; its code is proposed, and can be another one here."""
        self._context.hub.query(self, _ReadFile(path), self._on_text, self._on_not_imported)

    def _on_deleted(self, deleted: tuple[str, str]) -> None:
        code, text = deleted
        undo = _Undo(self._context, text)
        self._context.notify(Notice(f"Integration {code} was deleted.", "ok", "Undo", undo.restore))
        self.deleted.emit()

    def _on_not_deleted(self, error: TaskError) -> None:
        self.refused.emit("The integration was not deleted.", error.text)

    def _on_export_path(self, code: str, path: str) -> None:
        self.export_to(code, Path(path))

    def _on_import_path(self, path: str) -> None:
        self.import_from(Path(path))

    def _on_exported(self, name: str) -> None:
        self._context.notify(Notice(f"The definition is in {name}.", "ok"))

    def _on_not_exported(self, error: TaskError) -> None:
        self.refused.emit("The definition was not exported.", error.text)

    def _on_text(self, found: tuple[str, str, str]) -> None:
        text, code, description = found
        dialog = CodeDialog(
            self._host.window(),
            self._context,
            "Import a definition",
            f"The file describes the integration {code}. Nothing that is here already is changed.",
            "Import",
            partial(_take_in, text),
            code=code,
            description=description,
        )
        dialog.made.connect(self._open)
        dialog.open()

    def _on_not_imported(self, error: TaskError) -> None:
        self.refused.emit("The definition was not imported.", error.text)

    def _open(self, code: str) -> None:
        self._context.navigate("integration_card", key=code)

    def _file_dialog(self, title: str) -> QFileDialog:
        check_screen_allowed("Upload", title)
        dialog = FileDialog(self._host.window(), title)
        dialog.setNameFilters(_FILTERS)
        return dialog


def _copy(source: str, code: str, description: str) -> Callable[[], str]:
    return partial(definition_file.copy_integration, source, code, description)


def _take_in(text: str, code: str, description: str) -> Callable[[], str]:
    return partial(definition_file.import_definition, text, code, description)


class _Delete:
    """Deletes an integration; gives its code, and the text that makes it again."""

    def __init__(self, code: str, user_id: str, clock: Clock) -> None:
        self._code, self._user_id, self._clock = code, user_id, clock

    def __call__(self) -> tuple[str, str]:
        return self._code, removal.delete_integration(self._code, self._user_id, clock=self._clock)


class _Export:
    """Writes a definition into a file."""

    def __init__(self, code: str, path: Path) -> None:
        self._code, self._path = code, path

    def __call__(self) -> str:
        text = definition_file.export_definition(self._code)
        try:
            self._path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise BackdeskError(
                f"{self._path.name} could not be written: {error.strerror}.",
                "Choose another folder.",
                "NotWritten",
            ) from error
        return self._path.name


class _ReadFile:
    """Reads a definition, and whose it is: its text, its code and its description."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> tuple[str, str, str]:
        try:
            with self._path.open(encoding="utf-8") as file:
                text = file.read(definition_file.LARGEST + 1)
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise BackdeskError(
                f"{self._path.name} could not be read: {why}.", "Choose another file.", "NotRead"
            ) from error
        return text, *definition_file.look_into(text)


class _Undo:
    """Takes a deletion back; it lives in the toast, because the card is closed by then."""

    def __init__(self, context: PageContext, text: str) -> None:
        self._context, self._text = context, text

    def restore(self) -> None:
        work = partial(removal.restore_integration, self._text)
        self._context.hub.write(self, work, self._on_restored, self._on_failed)

    def _on_restored(self, code: str) -> None:
        self._context.notify(Notice(f"Integration {code} is there again."))

    def _on_failed(self, error: TaskError) -> None:
        self._context.notify(Notice(error.text, "err"))
