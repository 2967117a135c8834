"""The page Integration Records in a window, as tests of it look at it and work with it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desktop.imports import service
from desktop.imports.processing import process
from models.database import connected, database
from tests.ui.imports.conftest import Signals, new_session, rows
from ui.framework.context import PageContext
from ui.pages.integration_records import IntegrationRecords


class Shown:
    """The page as a person sees it, with the application's signals told by hand."""

    def __init__(self, qtbot: QtBot, context: PageContext, signals: Signals) -> None:
        self.qtbot, self.context, self.signals = qtbot, context, signals

    def open(self, **arguments: object) -> IntegrationRecords:
        self.page = IntegrationRecords(self.context, **arguments)  # type: ignore[arg-type]
        self.qtbot.addWidget(self.page)
        self.page.resize(1400, 760)
        self.page.show()
        self.page.open_page()
        self.signals.records_changed.connect(self.page.records_changed)
        self.settle()
        return self.page

    def settle(self) -> None:
        def settled() -> bool:
            model = self.page.table.model
            still = self.context.hub.is_idle() and (model is None or model.is_settled())
            return still and not self.page._soon.isActive() and not self.page.table._soon.isActive()

        self.qtbot.waitUntil(settled)

    def tell(self) -> None:
        """Let the page hear what was written, and wait until it shows it."""
        self.settle()
        self.signals.tell()
        self.settle()

    def column(self, name: str) -> list[object]:
        model = self.page.table.model
        assert model is not None
        place = model.column_index(name)
        return [model.index(row, place).data() for row in range(model.rowCount())]

    def select(self, *places: int) -> None:
        view = self.page.table.view
        assert view is not None
        view.clearSelection()
        for place in places:
            view.selectionModel().select(
                view.model().index(place, 0),
                view.selectionModel().SelectionFlag.Select | view.selectionModel().SelectionFlag.Rows,
            )
        view.selectionModel().setCurrentIndex(
            view.model().index(places[-1], 0), view.selectionModel().SelectionFlag.NoUpdate
        )
        self.settle()


def work_the_queue() -> None:
    """Do what the worker would do with the job that is Ready."""
    for job_id, parameters, run_id in rows(
        "SELECT id, parameters, record_id FROM job_queue_entry WHERE status = 'Ready'"
    ):
        import json

        chosen = json.loads(parameters).get("records")
        process(new_session(), int(run_id), json.loads(chosen) if chosen else None)
        with connected(), database.atomic():
            database.execute_sql("UPDATE job_queue_entry SET status = 'Finished' WHERE id = ?", (job_id,))


def counts(run_id: int) -> dict[str, int]:
    summary = service.summary(run_id)
    return {name: getattr(summary, name) for name in ("created", "errors", "excluded", "ready")}
