"""How a card saves: each field when a person leaves it, off the GUI thread, while the person goes on."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from PySide6.QtWidgets import QWidget

from desktop.formats import time_text
from desktop.tasks.task import TaskError
from models.record import Record
from models.record_edit import Values, missing_fields
from ui.framework.card_work import Create, Saved, SaveField
from ui.framework.context import Notice, PageContext
from ui.framework.editors import FieldEditor, read_or_error
from ui.framework.page import Page
from ui.widgets.announce import announce
from ui.widgets.labels import IconLabel, Label


class CardSaving(Page):
    """The part of a card that knows what is stored, what is written in the fields, and what is on its way.

    Class attributes:
        RECORD: what the card is of.
        SERIES: the number series of new records; empty where people choose the key.
    """

    RECORD: ClassVar[type[Record]]
    SERIES: ClassVar[str] = ""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._key = ""
        self._values: Values = {}  # as they were read or saved last
        self._expected: Values = {}  # what the database has when all that is on its way has arrived
        self._saving: dict[str, int] = {}
        self._creating = False
        self._editors: dict[str, FieldEditor] = {}
        self._saved_icon = IconLabel("checkmark_circle", "ok", 16)
        self._saved_label = Label("", "caption", "fg2")
        self.header.addWidget(self._saved_icon)
        self.header.addWidget(self._saved_label)
        self._show_saved("")

    # ---- what a card overrides

    def defaults(self) -> Values:
        """What a new record begins with."""
        return {}

    def on_after_get_current_record(self, values: Values) -> None:
        """A record is shown, or shown anew; banners and FactBoxes follow it."""

    @abstractmethod
    def _load(self) -> None:
        """Read the record."""

    @abstractmethod
    def _show_summaries(self) -> None:
        """Values on folded FastTabs."""

    @abstractmethod
    def _show_error_counts(self) -> None:
        """Errors on FastTabs."""

    def _tell_record(self) -> None:
        """Run the trigger of the card, and then those of its extensions."""
        self.on_after_get_current_record(self.values)
        self.tell_current_record(self.values)

    # ---- what others ask

    @property
    def key(self) -> str:
        """The key of the record; "" while a new one is not saved yet."""
        return self._key

    @property
    def values(self) -> Values:
        """The record as it was read last."""
        return dict(self._values)

    def current_record(self) -> tuple[str, str]:
        return (self.RECORD.table(), self._key)

    def editor(self, name: str) -> FieldEditor:
        """The field of this name.

        Raises:
            KeyError: when the card does not have it.
        """
        return self._editors[name]

    def is_saving(self) -> bool:
        """Whether something that was entered is still on its way."""
        return bool(self._saving) or self._creating

    def commit_all(self) -> None:
        """Save what stands in fields that have not been left yet."""
        for name, editor in self._editors.items():
            if not editor.read_only and editor.is_changed():
                self._on_committed(name)

    # ---- saving

    def _on_committed(self, name: str) -> None:
        editor = self._editors[name]
        if not editor.is_changed():
            editor.row.clear_error()
            self._show_error_counts()
            self._show_saved()
            return
        value, error = read_or_error(editor)
        if error:
            self._refuse(editor, error)
            return
        editor.row.clear_error()
        self._show_error_counts()
        if not self._key:
            self._values[name] = value
            editor.show_value(value)
            self._create()
            return
        expected = self._expected.get(name)
        self._expected[name] = value
        editor.show_value(value)
        if value == expected:
            return
        self._saving[name] = self._saving.get(name, 0) + 1
        self._show_saved("Saving…")
        save = SaveField(self.RECORD, self._key, name, value, expected)
        self.context.hub.write(self, save, self._on_saved, self._on_save_failed)

    def _on_saved(self, saved: Saved) -> None:
        if saved.key != self._key:
            if saved.error is not None:
                text = f"{self.RECORD.CAPTION} {saved.key}: {saved.error.text}"
                self.context.notify(Notice(text, "err"))
            return
        left = self._saving.get(saved.name, 0) - 1
        if left > 0:
            self._saving[saved.name] = left
        else:
            self._saving.pop(saved.name, None)
        editor = self._editors[saved.name]
        if saved.error is not None:
            self._expected[saved.name] = self._values.get(saved.name)
            self._refuse(editor, saved.error.text)
            return
        self._values[saved.name] = saved.value
        self._expected[saved.name] = saved.value
        if not editor.is_changed():
            editor.show_value(saved.value)
        if not self.is_saving():
            self._show_saved(f"Saved {time_text(self.context.clock.now())}")
        self._show_summaries()
        if saved.name == self.RECORD.NAME_FIELD:
            self.set_title(f"{self._key} · {saved.value}")
        self._tell_record()

    def _refuse(self, editor: FieldEditor, error: str) -> None:
        editor.row.set_error(error)
        self._show_error_counts()
        self._show_saved()
        announce(self, f"{editor.rule.caption}: {error}", assertive=True)

    def _on_save_failed(self, error: TaskError) -> None:
        self._saving.clear()
        self._creating = False
        self._show_saved("Not saved", failed=True)
        self.banners.show_banner("save", "err", "Your last entry was not saved.", error.text)

    def _create(self) -> None:
        if self._creating or missing_fields(self.RECORD, self._values, self.SERIES):
            self._show_saved("Not saved yet")
            return
        self._creating = True
        self._show_saved("Saving…")
        create = Create(self.RECORD, dict(self._values), self.SERIES)
        self.context.hub.write(self, create, self._on_created, self._on_save_failed)

    def _on_created(self, key: str) -> None:
        self._creating = False
        self._key = key
        self.banners.remove("save")
        self._show_saved(f"Saved {time_text(self.context.clock.now())}")
        announce(self, f"{self.RECORD.CAPTION} {key} was created.")
        for name, editor in self._editors.items():
            self._expected[name] = editor.shown_value
        self._load()
        self.commit_all()

    def _has_entries(self) -> bool:
        begun = self.defaults()
        return any(
            value not in (None, "", 0, False) and begun.get(name) != value
            for name, value in self._values.items()
        )

    def _show_saved(self, text: str = "", *, failed: bool = False) -> None:
        """Say how far saving is; fields with an error come first."""
        refused = sum(bool(editor.row.error) for editor in self._editors.values())
        if refused:
            text, failed = f"{refused} field{'s are' if refused > 1 else ' is'} not saved", True
        done = text.startswith("Saved")
        self._saved_icon.setVisible(done or failed)
        self._saved_icon.set_icon(
            "error_circle" if failed else "checkmark_circle", "err" if failed else "ok", filled=True
        )
        self._saved_label.setText(text)
        self._saved_label.set_tone("err" if failed else "fg2")

    def saved_text(self) -> str:
        """What the card says about saving: "Saved 09:45", "Saving…", "1 field is not saved", or nothing yet."""
        return self._saved_label.text()

    def _key_name(self) -> str:
        return self.RECORD.key_field()
