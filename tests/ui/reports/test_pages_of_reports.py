"""A person orders a report, finds it bold in the inbox, opens it, saves it and throws it away."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from desktop.clock import Clock
from desktop.jobqueue import recurrence
from desktop.reports import inbox, registry
from desktop.reports.document import Output
from models import changes
from models.database import connected, database
from models.job_queue import JobQueueEntry, ObjectType
from models.report_inbox import inbox_of
from models.reports import ReportInbox as Documents
from ui.pages.report_inbox import ReportInbox
from ui.pages.reports import Reports
from ui.reports.inbox_list import size_text
from ui.reports.order_dialog import OrderDialog
from ui.widgets.empty_state import EmptyKind

CONTENT = b"%PDF-1.7 what a report has made"


class Viewer(QObject):
    """Stands for the system's program that opens documents."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def viewer(qapp: object) -> Iterator[Viewer]:
    made = Viewer()
    QDesktopServices.setUrlHandler("file", made, "open")
    yield made
    QDesktopServices.unsetUrlHandler("file")


def put(tmp_path: Path, clock: Clock, name: str, user_id: str = "MARIA") -> int:
    path = tmp_path / "made.pdf"
    path.write_bytes(CONTENT)
    report = registry.find("customer_list")
    return inbox.put(path, user_id=user_id, report=report, description=name, output=Output.PDF, clock=clock)


@pytest.fixture
def documents(company: object, tmp_path: Path, clock: Clock) -> list[int]:
    """Two documents of MARIA's, and one of BEN's."""
    return [
        put(tmp_path, clock, "Customers of Kiel"),
        put(tmp_path, clock, "Customers of Ulm"),
        put(tmp_path, clock, "Not yours", "BEN"),
    ]


@pytest.fixture
def page(documents: list[int], open_page: Callable[..., Any]) -> ReportInbox:
    made = open_page("report_inbox")
    assert isinstance(made, ReportInbox)
    return made


def cells(page: ReportInbox, row: int) -> dict[str, Any]:
    model = page.list.table.rows
    return {
        column.key: model.index(row, place).data(Qt.ItemDataRole.UserRole)
        for place, column in enumerate(model.columns)
    }


def test_the_newest_of_my_documents_is_on_top_and_new_ones_are_bold(page: ReportInbox) -> None:
    rows = page.list.table.rows.rows
    assert [row.document.description for row in rows] == ["Customers of Ulm", "Customers of Kiel"]
    found = cells(page, 0)
    assert found["document"].strong
    assert (found["state"].text, found["report"].text, found["output"].text) == (
        "New",
        "Customer List",
        "PDF",
    )
    assert page.count_label.text() == "2 documents, 2 new"


def test_opening_hands_a_private_copy_to_the_systems_program_and_reads_the_row(
    page: ReportInbox, viewer: Viewer, settle: Callable[..., None], qtbot: QtBot, backdesk_home: Path
) -> None:
    page.list.choose(page.list.table.rows.rows[1].id)
    page.trigger("open")
    qtbot.waitUntil(lambda: bool(viewer.opened))
    (path,) = viewer.opened
    assert path.read_bytes() == CONTENT
    assert path.is_relative_to(backdesk_home)
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0
    assert path.suffix == ".pdf"
    page.refresh()
    settle(page)
    assert not cells(page, 1)["document"].strong
    assert cells(page, 1)["state"].text == "Opened"
    assert page.count_label.text() == "2 documents, 1 new"


def test_enter_opens_too(page: ReportInbox, viewer: Viewer, qtbot: QtBot) -> None:
    page.list.choose(page.list.table.rows.rows[0].id)
    qtbot.keyClick(page.list.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(viewer.opened) == 1)


def test_a_document_that_a_colleague_has_deleted_is_told(
    page: ReportInbox, viewer: Viewer, settle: Callable[..., None], documents: list[int]
) -> None:
    inbox.delete([documents[1]], "MARIA")
    page.list.choose(documents[1])
    page.trigger("open")
    settle(page)
    assert viewer.opened == []
    assert page.banners.keys == ["refused"]


def test_copies_of_yesterday_go_away_when_the_next_one_is_opened(
    page: ReportInbox, viewer: Viewer, qtbot: QtBot, backdesk_home: Path, clock: Clock
) -> None:
    import os

    old = backdesk_home / "data" / "opened" / "old"
    old.mkdir(parents=True)
    (old / "old.pdf").write_bytes(CONTENT)
    then = (clock.now() - timedelta(days=2)).timestamp()
    os.utime(old, (then, then))
    page.list.choose(page.list.table.rows.rows[0].id)
    page.trigger("open")
    qtbot.waitUntil(lambda: bool(viewer.opened))
    assert not old.exists()


def test_a_document_is_saved_where_the_person_wants_it(
    page: ReportInbox, tmp_path: Path, settle: Callable[..., None], window: Any, documents: list[int]
) -> None:
    page.list.choose(documents[0])
    page.trigger("save")
    assert page.dialog is not None
    assert page.dialog.selectedFiles()[0].endswith(".pdf")
    dialog = page.dialog
    page.save_to(str(tmp_path / "Mine.pdf"))
    dialog.reject()
    settle(page)
    assert (tmp_path / "Mine.pdf").read_bytes() == CONTENT
    assert window.notices[-1].text == "Saved as “Mine.pdf”"


def test_several_documents_are_deleted_only_after_a_yes(
    page: ReportInbox, settle: Callable[..., None], documents: list[int]
) -> None:
    page.list.table.selectAll()
    page.trigger("delete")
    assert page.question is not None
    assert page.question.windowTitle() == "Delete 2 documents?"
    page.question.choose("keep")
    assert len(inbox_of("MARIA")) == 2
    page.trigger("delete")
    page.question.choose("delete")
    settle(page)
    assert inbox_of("MARIA") == []
    assert len(inbox_of("BEN")) == 1
    assert page.list.nothing.kind is EmptyKind.FIRST_USE


def test_a_document_that_comes_while_one_looks_on_is_there(
    page: ReportInbox, settle: Callable[..., None], tmp_path: Path, clock: Clock
) -> None:
    put(tmp_path, clock, "Customers of Bonn")
    page.records_changed([changes.Change(1, Documents.table(), "3")])
    settle(page)
    assert len(page.list.table.rows.rows) == 3


def test_an_empty_inbox_leads_to_the_reports(
    open_page: Callable[..., Any], company: object, window: Any
) -> None:
    page = open_page("report_inbox")
    page.list.nothing.action_button.click()
    assert window.opened[-1][0] == "reports"


def test_a_notification_opens_the_document(
    open_page: Callable[..., Any], documents: list[int], viewer: Viewer, qtbot: QtBot
) -> None:
    open_page("report_inbox", report_id=documents[0], open_it=True)
    qtbot.waitUntil(lambda: len(viewer.opened) == 1)


@pytest.mark.parametrize(("size", "text"), [(10, "1 KB"), (312_400, "312 KB"), (4_180_000, "4.2 MB")])
def test_sizes_are_said_in_words(size: int, text: str) -> None:
    assert size_text(size) == text


# ---- ordering


@pytest.fixture
def reports(company: object, open_page: Callable[..., Any]) -> Reports:
    made = open_page("reports")
    assert isinstance(made, Reports)
    return made


def asked(page: Reports, report: str, action: str) -> OrderDialog:
    page.list.choose(report)
    page.trigger(action)
    assert page.dialog is not None
    return page.dialog


def type_into(dialog: OrderDialog, name: str, text: str) -> None:
    edit: Any = dialog.editors[name].widget
    edit.setText(text)
    edit.editingFinished.emit()


def choose(dialog: OrderDialog, name: str, option: str) -> None:
    combo: Any = dialog.editors[name].widget
    combo.setCurrentIndex(combo.findData(option))
    combo.activated.emit(combo.currentIndex())


def ordered() -> JobQueueEntry:
    with connected(), database.atomic():
        (entry,) = JobQueueEntry.select().where(JobQueueEntry.object_type == ObjectType.REPORT)
    return entry


def parameters_of(entry: JobQueueEntry) -> dict[str, str]:
    return msgspec.json.decode(entry.parameters, type=dict[str, str])


def test_all_reports_say_what_they_tell(reports: Reports) -> None:
    assert [row.report.caption for row in reports.list.table.rows.rows][:3] == [
        "Customer List",
        "Sales Statistics",
        "Import Result",
    ]


def test_a_report_runs_now_with_what_was_chosen(
    reports: Reports, settle: Callable[..., None], window: Any, qtbot: QtBot
) -> None:
    dialog = asked(reports, "customer_list", "run")
    assert "day" not in dialog.editors
    type_into(dialog, "country", "DE|AT")
    choose(dialog, "order", "Name")
    choose(dialog, "output", "Excel")
    dialog.order_button.click()
    qtbot.waitUntil(lambda: reports.dialog is None)
    entry = ordered()
    assert (entry.codeunit, entry.report_output, entry.owner_user_id) == ("customer_list", "Excel", "MARIA")
    assert parameters_of(entry)["country"] == "DE|AT"
    assert parameters_of(entry)["order"] == "Name"
    assert not entry.recurring
    assert window.notices[-1].text == "“Customer List” is being made and comes into your Report Inbox"


def test_fields_that_are_left_empty_choose_nothing(reports: Reports, qtbot: QtBot) -> None:
    asked(reports, "sales_statistics", "run").order_button.click()
    qtbot.waitUntil(lambda: reports.dialog is None)
    entry = ordered()
    assert "most" not in parameters_of(entry)
    assert entry.description == "Sales Statistics"


def test_a_number_that_is_too_small_is_told_at_its_field(reports: Reports) -> None:
    dialog = asked(reports, "sales_statistics", "run")
    type_into(dialog, "most", "0")
    dialog.order()
    assert "at least 1" in dialog.editors["most"].row.error
    dialog.reject()


def test_a_report_is_scheduled_for_a_day(reports: Reports, window: Any, qtbot: QtBot) -> None:
    dialog = asked(reports, "sales_statistics", "schedule")
    type_into(dialog, "description", "Sales for Monday")
    type_into(dialog, "day", "23/11/2026")
    type_into(dialog, "time", "06:30")
    assert dialog.plan.text() == "It is made on Monday, 23 November 2026 at 06:30."
    dialog.order_button.click()
    qtbot.waitUntil(lambda: reports.dialog is None)
    entry = ordered()
    assert entry.description == "Sales for Monday"
    assert entry.earliest_start == datetime(2026, 11, 23, 6, 30).astimezone(UTC)
    window.notices[-1].on_action()
    assert window.opened[-1] == ("job_queue_entry_card", {"key": entry.id})


def test_only_what_counts_is_asked(reports: Reports) -> None:
    dialog = asked(reports, "sales_statistics", "run")
    first_day = dialog.editors["first_day"].row
    assert first_day.isHidden()
    choose(dialog, "period", "From and to")
    assert not first_day.isHidden()
    dialog.reject()


@pytest.mark.parametrize(
    ("repeat", "runs"),
    [
        ("Every day", ["2026-11-27", "2026-11-28"]),
        ("Monday to Friday", ["2026-11-27", "2026-11-30"]),
        ("Every week on this day", ["2026-11-27", "2026-12-04"]),
        ("On the first day of each month", ["2026-12-01", "2027-01-01"]),
    ],
)
def test_a_report_is_made_again_and_again(
    reports: Reports, qtbot: QtBot, repeat: str, runs: list[str], clock: Clock
) -> None:
    dialog = asked(reports, "customer_list", "schedule")
    type_into(dialog, "day", "27/11/2026")
    choose(dialog, "repeat", repeat)
    assert dialog.plan.text().startswith("Next: ")
    dialog.order_button.click()
    qtbot.waitUntil(lambda: reports.dialog is None)
    entry = ordered()
    assert entry.recurring
    schedule = msgspec.structs.replace(recurrence.decode(entry.schedule), earliest_start=entry.earliest_start)
    found = recurrence.upcoming(schedule, clock.now(), 2)
    assert [f"{run.astimezone():%Y-%m-%d %H:%M}" for run in found] == [f"{day} 06:00" for day in runs]
    assert f"{entry.next_start.astimezone():%Y-%m-%d %H:%M}" == f"{runs[0]} 06:00"


def test_a_time_that_is_none_is_told_at_its_field(reports: Reports) -> None:
    dialog = asked(reports, "customer_list", "schedule")
    type_into(dialog, "time", "25:00")
    dialog.order()
    assert "06:30" in dialog.editors["time"].row.error
    dialog.reject()
    with connected():
        assert not JobQueueEntry.select().where(JobQueueEntry.object_type == ObjectType.REPORT).exists()


def test_a_filter_that_cannot_be_read_is_told_before_anything_is_ordered(
    reports: Reports, settle: Callable[..., None]
) -> None:
    dialog = asked(reports, "customer_list", "run")
    type_into(dialog, "country", "..")
    dialog.order()
    settle(reports)
    assert dialog.said.text().startswith("A range needs a beginning or an end.")
    assert dialog.order_button.isEnabled()
    dialog.reject()
