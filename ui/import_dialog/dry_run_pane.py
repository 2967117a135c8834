"""What an import would do: the counts, what is wrong, and old and new of what would change."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from desktop.imports.dry_run import DryRun
from desktop.imports.dry_run_result import DryRunCause
from ui.import_dialog.counts import CountChips
from ui.theme import theme
from ui.widgets.empty_state import EmptyKind, EmptyState
from ui.widgets.labels import IconLabel, Label
from ui.widgets.progress import ProgressLine
from ui.widgets.text_table import TextTable

__all__ = ["DryRunPane", "headline"]

_RETRY: Final = ", then choose Retry."  # of advice for rows that were imported
_CAUSES: Final = ("Records", "Field", "What is wrong", "What to do")
_LONGEST_VALUE: Final = 40
_CHANGES: Final = ("Record", "Field", "Now", "After the import")


class _Tried(NamedTuple):
    """The counts of a dry run in the words of a run."""

    rows: int
    ready: int
    created: int
    updated: int
    unchanged: int
    errors: int
    excluded: int
    reversed: int


class DryRunPane(QWidget):
    """Shows that an import is being tried, then what has come of it; `retry_requested` after a failure."""

    retry_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: DryRun | None = None
        self.line = ProgressLine()
        self.headline = Label("", "subtitle", wrap=True)
        self.promise = Label(
            "Nothing has been written: this was tried on a copy of the company.", "body", "fg2"
        )
        self.counts = CountChips()
        self.more = Label("", "body", "fg2", wrap=True)
        self.causes = TextTable(_CAUSES, "What is wrong", numbers=(0,))
        self.changes = TextTable(_CHANGES, "What would change")
        self.no_causes = EmptyState(EmptyKind.ALL_DONE, "No record has an error.")
        self.no_changes = EmptyState(
            EmptyKind.NO_MATCH, "No record that is there already would change.", icon="info"
        )
        self.error = EmptyState(EmptyKind.FAILED, "")
        self.error.action_triggered.connect(self.retry_requested)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self._cause_stack, self._change_stack = QStackedWidget(), QStackedWidget()
        for stack, pages in (
            (self._cause_stack, (self.causes, self.no_causes)),
            (self._change_stack, (self.changes, self.no_changes)),
        ):
            for page in pages:
                stack.addWidget(page)
        self.tabs.addTab(self._cause_stack, "What is wrong")
        self.tabs.addTab(self._change_stack, "What would change")
        self._waiting, self._result = QWidget(), QWidget()
        self._arrange()
        theme().changed.connect(self._retheme)
        self._retheme()

    def _arrange(self) -> None:
        self._stack = QStackedWidget()
        for page in (self._waiting, self._result, self.error):
            page.setProperty("plain", True)
            self._stack.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        waiting = QVBoxLayout(self._waiting)
        waiting.addStretch(1)
        waiting.addWidget(IconLabel("play", "accent", 40), 0, Qt.AlignmentFlag.AlignHCenter)
        self._line_host = QWidget()
        self._line_host.setProperty("plain", True)
        host = QVBoxLayout(self._line_host)
        host.setContentsMargins(0, 0, 0, 0)
        host.addWidget(self.line)
        waiting.addWidget(self._line_host, 0, Qt.AlignmentFlag.AlignHCenter)
        hint = Label("The import is tried on a copy of the company; nothing is written.", "caption", "fg3")
        hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        waiting.addWidget(hint)
        waiting.addStretch(2)
        self._column = QVBoxLayout(self._result)
        self._column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.headline, self.promise, self.counts, self.more):
            self._column.addWidget(widget)
        self._column.addWidget(self.tabs, 1)

    @property
    def found(self) -> DryRun | None:
        """The answer that is shown."""
        return self._found

    @property
    def error_text(self) -> str:
        """Why it could not be tried; empty where it could."""
        return self.error.accessibleName() if self._stack.currentWidget() is self.error else ""

    def forget(self) -> None:
        """What was found is true no more."""
        self._found = None

    def begin(self, file_name: str) -> None:
        """It is being tried now."""
        self.forget()
        self.line.reset()
        self.line.set_counting(f"Trying {file_name}")
        self._stack.setCurrentWidget(self._waiting)

    def set_progress(self, done: int, total: int, text: str) -> None:
        """What is being done, and how far it is; total 0 while that is not known."""
        if not total:
            self.line.set_counting(text or "Trying…")
            return
        counted = "records" if not text.startswith("Copying") else "pages"
        self.line.set_progress(done, total, counted)
        self.line.set_waiting(f"{text} · {self.line.text}" if text else self.line.text)

    def show_stopping(self) -> None:
        """Cancelled."""
        self.line.set_waiting("Stopping…")

    def show_error(self, text: str) -> None:
        """Say why it could not be tried."""
        self.error.show_state(
            EmptyKind.FAILED, "The import could not be tried.", detail=text, action="Try again"
        )
        self._stack.setCurrentWidget(self.error)

    def show_found(self, found: DryRun) -> None:
        """Show the answer."""
        self._found = found
        self.headline.setText(headline(found))
        tried = found.created + found.updated + found.unchanged + found.errors + found.left
        self.counts.set_run(
            _Tried(tried, found.left, found.created, found.updated, found.unchanged, found.errors, 0, 0)
        )
        self.more.setText(" ".join(_more(found)))
        self.more.setVisible(bool(self.more.text()))
        self.causes.show_rows(
            [
                (
                    f"{cause.count:,}",
                    cause.caption or cause.source_column,
                    _what(cause),
                    cause.hint.replace(_RETRY, "."),
                )
                for cause in found.causes
            ]
        )
        self.changes.show_rows(
            [
                (change.key, field.caption, field.old or "(empty)", field.new or "(empty)")
                for change in found.changes
                for field in change.fields
            ]
        )
        self._cause_stack.setCurrentWidget(self.causes if found.causes else self.no_causes)
        self._change_stack.setCurrentWidget(self.changes if found.changes else self.no_changes)
        self.tabs.setTabText(
            0, f"What is wrong ({found.causes_count:,})" if found.causes else "What is wrong"
        )
        changed = f"What would change ({found.updated:,})" if found.updated else "What would change"
        self.tabs.setTabText(1, changed)
        self.tabs.setCurrentIndex(0 if found.causes or not found.changes else 1)
        self._stack.setCurrentWidget(self._result)

    def _retheme(self) -> None:
        px = theme().px
        self._column.setSpacing(px(8))
        self._line_host.setFixedWidth(px(440))


def _what(cause: DryRunCause) -> str:
    """What is wrong, and with which value where that is not said: several too long texts would read alike."""
    value = " ".join(cause.value.split())
    if not value or cause.value in cause.message:
        return cause.message
    return f"“{value if len(value) <= _LONGEST_VALUE else f'{value[:_LONGEST_VALUE]}…'}”: {cause.message}"


def headline(found: DryRun) -> str:
    """What has come of a dry run, in a sentence that says what its first number is of."""
    number, _, rest = found.text.partition(" ")
    if not number[:1].isdigit():
        return f"{found.text.capitalize()}."
    return f"{number} row{'' if number == '1' else 's'} {rest}."


def _more(found: DryRun) -> list[str]:
    """What else would happen, in sentences."""
    sentences = []
    documents = (
        (found.documents_created, "created"),
        (found.documents_updated, "updated"),
        (found.documents_unchanged, "left as they are"),
    )
    parts = [f"{number:,} {word}" for number, word in documents if number]
    if parts:
        sentences.append(f"Documents: {', '.join(parts)}.")
    if found.look_ups_created:
        created = ", ".join(f"{count:,} in {table}" for table, count in found.look_ups_created.items())
        sentences.append(f"Look-up records that would be created: {created}.")
    if found.changed_fields:
        fields = ", ".join(
            f"{caption} ({count:,})" for caption, count in list(found.changed_fields.items())[:8]
        )
        sentences.append(f"Fields that would change: {fields}.")
    if found.post_processed or found.post_failed:
        sentences.append(
            f"Post-processing: {found.post_processed:,} would complete, {found.post_failed:,} would fail."
        )
    return sentences
