"""A card with a line for each right that its record has; whoever deletes the record is asked first."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Final

from desktop.tasks.task import TaskError
from models.changes import Change
from models.record import Record
from models.record_edit import Values, delete_record
from ui.dialogs import Question, ask_first
from ui.framework.card_page import CardPage
from ui.framework.columns import Column
from ui.framework.context import Notice
from ui.framework.lines_part import LinesPart

REFUSED: Final = "refused"


class RightsCard(CardPage):
    """What the cards of users and of permission sets share.

    Class attributes:
        CALLED: what the record is called in the middle of a sentence, e.g. "user".
        DELETED: what is told once it is deleted; {key} stands for its key.
        LOST: what is lost with the record, in sentences.
        LINE: what one of its lines is called.

    Attributes:
        lines: the rights.
        question: what is being asked; None while nothing is.
    """

    DELETABLE = False  # asked first: the lines of a record that is deleted do not come back
    CALLED: ClassVar[str] = ""
    DELETED: ClassVar[str] = ""
    LOST: ClassVar[str] = ""
    LINE: ClassVar[str] = ""

    lines: LinesPart
    question: Question | None = None

    # ---- what a card says

    @abstractmethod
    def allow(self) -> None:
        """Enable what can be done with the record and its lines."""

    @abstractmethod
    def open_line(self) -> None:
        """A person has opened the current line."""

    # ---- its life

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        super().on_records_changed(changes)
        self.lines.on_records_changed(changes)

    def on_close(self) -> None:
        super().on_close()
        self.lines.close_lines()

    # ---- its lines

    def make_lines(
        self, title: str, record: type[Record], belongs: str, columns: Sequence[Column], sort: str, empty: str
    ) -> LinesPart:
        """The part with the rights; the arguments are those of `LinesPart`."""
        self.lines = LinesPart(self.context, title, record, belongs, columns, sort, empty)
        self.lines.view.row_activated.connect(self._on_line_opened)
        self.lines.model.loaded.connect(self._on_lines_loaded)
        return self.lines

    def current_line(self) -> Sequence[Any] | None:
        """The line that is selected; its id comes first. None while none is."""
        index = self.lines.view.currentIndex()
        return self.lines.model.row(index.row()) if index.isValid() else None

    def remove_line(self, remove: Callable[[int], None]) -> None:
        """Take the selected line away.

        Args:
            remove: does so off the GUI thread, with the line's id.
        """
        row = self.current_line()
        if row is not None:
            self.banners.remove(REFUSED)
            work = partial(remove, int(row[0]))
            self.context.hub.write(self, work, self._on_line_removed, self._on_refused)

    def _on_line_opened(self, _key: str) -> None:
        self.open_line()

    def _on_lines_loaded(self, _anew: bool) -> None:
        self.allow()

    def _on_line_removed(self, _nothing: None) -> None:
        self.context.notify(Notice(f"The {self.LINE} was removed"))

    def _on_refused(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "warn", "That was not done.", error.text)

    # ---- the whole record

    def ask_delete(self) -> None:
        """Ask whether the record is to be deleted, and delete it then."""
        self.banners.remove(REFUSED)
        self.question = ask_first(
            self,
            f"Delete the {self.CALLED} {self.key}?",
            self.LOST,
            "Delete",
            self._delete,
        )

    def _delete(self) -> None:
        work = partial(delete_record, self.RECORD, self.key)
        self.context.hub.write(self, work, self._on_record_deleted, self._on_refused)

    def _on_record_deleted(self, _values: Values) -> None:
        self.context.notify(Notice(self.DELETED.format(key=self.key)))
        self.request_close()
