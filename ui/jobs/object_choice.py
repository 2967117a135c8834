"""A field for what a job runs: a codeunit or report, chosen by its name or number."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QWidget

from desktop.codeunits import registry
from desktop.reports import registry as reports
from models.errors import FieldError
from models.job_queue import ObjectType
from ui.jobs.wording import object_text

MOST_OFFERED = 12


class RunObject(NamedTuple):
    """What an entry can run."""

    object_type: ObjectType
    name: str

    @property
    def text(self) -> str:
        """As people know it: "Codeunit 60 Recalculate customer balances"."""
        return object_text(self.object_type, self.name)


class ObjectChoice(QComboBox):
    """All reports, and the codeunits that are of use as a job; a part of the name, or the number, finds one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(MOST_OFFERED)
        self.objects = [
            *(RunObject(ObjectType.REPORT, report.name) for report in reports.all_reports()),
            *(
                RunObject(ObjectType.CODEUNIT, codeunit.name)
                for codeunit in registry.all_codeunits()
                if not codeunit.for_pages
            ),
        ]
        for found in self.objects:
            self.addItem(found.text)
        finder = QCompleter(self.model(), self)
        finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        finder.setFilterMode(Qt.MatchFlag.MatchContains)
        finder.setMaxVisibleItems(MOST_OFFERED)
        offers = finder.popup()
        assert offers is not None
        offers.setObjectName("offers")
        self.setCompleter(finder)
        self.setCurrentIndex(-1)
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText("Name or number")

    def show_object(self, object_type: str, name: str) -> None:
        """Show what an entry runs; one that is not known any more by its bare name."""
        wanted = RunObject(ObjectType(object_type), name)
        self.setCurrentIndex(self.objects.index(wanted) if wanted in self.objects else -1)
        self.setEditText(wanted.text)
        line = self.lineEdit()
        assert line is not None
        line.setCursorPosition(0)  # a narrow field shows the beginning, which tells a codeunit from a report

    def chosen(self) -> RunObject:
        """What is chosen, or typed: the whole text, the number, the name, or a part that only one has.

        Raises:
            FieldError: nothing or more than one has it.
        """
        typed = " ".join(self.currentText().split()).casefold()
        if not typed:
            raise FieldError(
                "Nothing is chosen to run.", "Type a part of its name, or its number.", "Required"
            )
        exact = [found for found in self.objects if typed in _names(found)]
        if exact:
            return exact[0]
        like = [found for found in self.objects if typed in found.text.casefold()]
        if len(like) == 1:
            return like[0]
        if like:
            raise FieldError(
                f"“{self.currentText().strip()}” is a part of {len(like)} names.", "Choose one.", "Ambiguous"
            )
        raise FieldError(
            f"There is no codeunit or report “{self.currentText().strip()}”.",
            "Choose one of the list, or type its number.",
            "NotFound",
        )


def _names(found: RunObject) -> set[str]:
    _kind, number, caption = found.text.casefold().split(" ", 2)
    return {found.text.casefold(), number, caption, found.name}
