"""The pages about imports that were made, in a window, as tests of them open them."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.ui.imports.conftest import Signals
from ui.framework.context import PageContext
from ui.framework.page import Page
from ui.pages.import_run_card import ImportRunCard
from ui.pages.import_runs import ImportRuns
from ui.pages.post_process_entries import PostProcessEntries


class ShownRuns:
    """The pages about imports that were made, as a person sees them."""

    def __init__(self, qtbot: QtBot, context: PageContext, signals: Signals) -> None:
        self.qtbot, self.context, self.signals = qtbot, context, signals

    def _open(self, page: Page) -> None:
        self.qtbot.addWidget(page)
        page.resize(1400, 800)
        page.show()
        page.open_page()
        self.signals.records_changed.connect(page.records_changed)
        self.settle()

    def runs(self, **arguments: str) -> ImportRuns:
        page = ImportRuns(self.context, **arguments)
        self._open(page)
        return page

    def card(self, run_id: int) -> ImportRunCard:
        page = ImportRunCard(self.context, str(run_id))
        self._open(page)
        return page

    def entries(self, run_id: int = 0) -> PostProcessEntries:
        page = PostProcessEntries(self.context, run_id)
        self._open(page)
        return page

    def settle(self) -> None:
        self.qtbot.waitUntil(self.context.hub.is_idle)


def texts(page: ImportRuns | PostProcessEntries, key: str) -> list[str]:
    """What stands in a column of the list, top to bottom."""
    model = page.list.table.rows
    place = model.column_of(key)
    return [str(model.index(row, place).data()) for row in range(model.rowCount())]
