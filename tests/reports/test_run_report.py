"""A report as a job: it reads, makes a document, and leaves it in one inbox, once for each run."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from desktop.codeunits import run_report
from desktop.jobqueue import actions, entries
from desktop.jobqueue.recurrence import Schedule
from desktop.reports import inbox
from desktop.sessions import permissions
from desktop.sessions.session import Session, SessionKind
from models.customer import Customer
from models.database import connected
from models.job_queue import EntryStatus, JobQueueEntry, Notification
from models.permissions import Permission, UserPermissionSet
from models.report_inbox import ReportRow, inbox_of
from models.reports import ReportContent
from models.sales_order import SalesHeader
from tests.reports.conftest import order, run_next
from tests.scheduler.conftest import MovableClock


def only_document() -> ReportRow:
    (row,) = inbox_of("MARIA")
    return row


def opened(tmp_path: Path, row: ReportRow) -> openpyxl.Workbook:
    return openpyxl.load_workbook(inbox.save_copy(row.id, "MARIA", tmp_path / row.file_name))


def cells_of(book: openpyxl.Workbook) -> list[tuple[object, ...]]:
    return [tuple(cell for cell in row) for row in book.active.iter_rows(values_only=True)]


def test_customers_of_a_country_as_a_workbook_in_the_inbox(moving: MovableClock, tmp_path: Path) -> None:
    job_id = order("customer_list", "Excel", {"country": "DE", "order": "Name"}, moving)
    run_next(moving)
    entry = entries.get(job_id)
    row = only_document()
    assert entry is not None
    assert (entry.status, entry.error_text) == (EntryStatus.FINISHED, "")
    assert (row.output, row.file_name, row.is_read, row.job_id) == (
        "Excel",
        f"Customer List {moving.moment.astimezone():%Y-%m-%d %H%M}.xlsx",
        False,
        job_id,
    )
    with connected():
        wanted = [
            (c.no, c.name, float(c.balance)) for c in Customer.select().where(Customer.country_code == "DE")
        ]
    lines = cells_of(opened(tmp_path, row))
    texts = [line[0] for line in lines]
    assert texts[0] == "Customer List"
    assert texts[2] == "Country/Region Code: DE · Order: Name"
    head = next(place for place, line in enumerate(lines) if line[0] == "No.")
    found = [(line[0], line[1], line[8]) for line in lines[head + 1 : -1]]
    assert sorted(found) == sorted(wanted)
    assert [name for _, name, _ in found] == sorted((name for _, name, _ in wanted), key=str.casefold)
    assert lines[-1][1] == "Total"
    assert lines[-1][8] == pytest.approx(sum(balance for _, _, balance in wanted))


def test_the_notification_names_the_document_that_it_opens(moving: MovableClock) -> None:
    job_id = order("customer_list", "Excel", {}, moving)
    seen: list[Session] = []
    run_next(moving, seen.append)
    assert seen[0].notify_report_id == only_document().id
    with connected():
        told = Notification.get(Notification.job_id == job_id)
    assert told.title == "Your report is ready"
    assert (told.text, told.report_id) == ("My customer_list", seen[0].notify_report_id)


def test_a_name_that_looks_like_a_formula_stays_a_text(moving: MovableClock, tmp_path: Path) -> None:
    with connected():
        Customer.update(name="=1+1", phone_no="0049 40 1").where(Customer.no == "C00001").execute()
    order("customer_list", "Excel", {}, moving)
    run_next(moving)
    book = opened(tmp_path, only_document())
    cell = next(row[1] for row in book.active.iter_rows() if row[0].value == "C00001")
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def killed(_session: Session) -> None:
    raise KeyboardInterrupt


def test_a_kill_after_the_document_is_stored_makes_no_second_one(
    moving: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    order("customer_list", "Excel", {}, moving, retries=3)
    with monkeypatch.context() as patch:
        patch.setattr("desktop.jobqueue.dispatcher.finish", lambda *_: killed(None))
        run_next(moving)
    first = only_document()
    moving.forward(60)
    seen: list[Session] = []
    run_next(moving, seen.append)
    assert only_document() == first
    assert seen[0].attempt == 2
    assert seen[0].notify_report_id == first.id
    assert seen[0].result_text == "Customer List with 5,000 customers, as Excel."


def test_a_restart_by_a_person_makes_a_new_document(
    moving: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = order("customer_list", "Excel", {}, moving)
    with monkeypatch.context() as patch:
        patch.setattr("desktop.jobqueue.dispatcher.finish", lambda *_: killed(None))
        run_next(moving)
    moving.forward(60)
    actions.restart(job_id, user_id="MARIA", clock=moving.clock)
    run_next(moving)
    assert len(inbox_of("MARIA")) == 2


def test_a_cancelled_report_leaves_nothing(moving: MovableClock) -> None:
    job_id = order("customer_list", "Excel", {}, moving)

    def stop_halfway(session: Session) -> None:
        session.on_progress = lambda done, _total, _text: session.token.cancel() if done == 2_000 else None

    run_next(moving, stop_halfway)
    entry = entries.get(job_id)
    assert entry is not None
    assert entry.status == EntryStatus.CANCELLED
    assert inbox_of("MARIA") == []


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"blocked": "Sometimes"}, "Customers cannot be “Sometimes”."),
        ({"with_balance": "perhaps"}, "With a balance only cannot be “perhaps”."),
        ({"country": ".."}, "A range needs a beginning or an end."),
    ],
)
def test_a_wrong_parameter_is_an_error_that_names_it(
    moving: MovableClock, parameters: dict[str, str], said: str
) -> None:
    job_id = order("customer_list", "Excel", parameters, moving)
    run_next(moving)
    entry = entries.get(job_id)
    assert entry is not None
    assert entry.status == EntryStatus.ERROR
    assert entry.error_text.startswith(said)
    assert inbox_of("MARIA") == []


def test_a_report_cannot_write(moving: MovableClock, put_report: None) -> None:
    job_id = order("greedy", "Excel", {}, moving)
    run_next(moving)
    entry = entries.get(job_id)
    assert entry is not None
    assert entry.status == EntryStatus.ERROR
    assert "Sales Order" in entry.error_text
    with connected():
        assert SalesHeader.select().count() > 0


def test_a_recurring_report_leaves_one_document_for_each_run(moving: MovableClock) -> None:
    order(
        "customer_list", "Excel", {}, moving, schedule=Schedule(weekdays=tuple(range(7)), minutes_between=60)
    )
    for _ in range(3):
        moving.moment += timedelta(hours=1)
        run_next(moving)
    assert len(inbox_of("MARIA")) == 3


def lend(user_id: str, set_code: str) -> None:
    """Give a user a permission set; somebody else is the administrator."""
    with connected():
        UserPermissionSet.create(user_id="ADMIN", set_code="SUPER")
        UserPermissionSet.create(user_id=user_id, set_code=set_code)


def test_who_may_read_and_run_reports_gets_a_document_and_may_throw_it_away(moving: MovableClock) -> None:
    lend("MARIA", "ORDER PROCESSOR")
    order("customer_list", "PDF", {}, moving)
    run_next(moving)
    row = only_document()
    with permissions.enforced("MARIA"):
        inbox.mark_read([row.id], "MARIA", clock=moving.clock)
        assert inbox.delete([row.id], "MARIA") == 1


def test_a_report_shows_nothing_that_its_user_may_not_read(moving: MovableClock) -> None:
    lend("MARIA", "ORDER PROCESSOR")
    with connected():
        Permission.update(may_read=False).where(
            Permission.set_code == "ORDER PROCESSOR", Permission.object_name.in_(("*", "customer"))
        ).execute()
    job_id = order("customer_list", "PDF", {}, moving)
    run_next(moving)
    entry = entries.get(job_id)
    assert entry is not None
    assert entry.status == EntryStatus.ERROR
    assert "MARIA" in entry.error_text
    assert "Customer" in entry.error_text
    assert inbox_of("MARIA") == []


def test_the_inbox_belongs_to_its_person(moving: MovableClock, tmp_path: Path) -> None:
    order("customer_list", "Excel", {}, moving)
    run_next(moving)
    row = only_document()
    assert inbox_of("KLAUS") == []
    with pytest.raises(Exception, match="not in your Report Inbox"):
        inbox.save_copy(row.id, "KLAUS", tmp_path / "theirs.xlsx")
    assert not list(tmp_path.glob("*theirs*"))
    inbox.mark_read([row.id], "KLAUS")
    assert inbox.delete([row.id], "KLAUS") == 0
    assert not only_document().is_read
    inbox.mark_read([row.id], "MARIA", clock=moving.clock)
    assert only_document().is_read
    assert inbox.delete([row.id], "MARIA") == 1
    with connected():
        assert ReportContent.select().count() == 0


def test_a_copy_that_cannot_be_written_says_why_and_leaves_no_part(
    moving: MovableClock, tmp_path: Path
) -> None:
    order("customer_list", "Excel", {}, moving)
    run_next(moving)
    target = tmp_path / "taken.xlsx"
    target.mkdir()
    with pytest.raises(Exception, match=r"“taken.xlsx” cannot be written"):
        inbox.save_copy(only_document().id, "MARIA", target)
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("Sales: a/b?.pdf", "Sales_ a_b_.pdf"),
        ("con.pdf", "_con.pdf"),
        ("Kundenübersicht Łódź.pdf", "Kundenübersicht Łódź.pdf"),
        ("...", "Report"),
    ],
)
def test_file_names_are_one_file_on_every_system(name: str, safe: str) -> None:
    assert inbox.safe_file_name(name) == safe


def test_without_an_entry_it_is_a_plain_task_with_the_reports_own_name(moving: MovableClock) -> None:
    session = Session(
        SessionKind.BACKGROUND,
        "MARIA",
        {"report": "customer_list", "output": "excel"},
        moving.clock.today(),
        clock=moving.clock,
    )
    run_report.run(session)
    assert only_document().description == "Customer List"
    with connected():
        assert JobQueueEntry.select().count() == 0
