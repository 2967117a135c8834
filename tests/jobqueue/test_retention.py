"""Old rows go, batch by batch; what somebody still needs stays, however old it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.jobqueue import actions, entries, retention
from desktop.jobqueue.planning import schedule_of
from desktop.jobqueue.recurrence import next_run
from desktop.sessions.events import SessionEventKind
from models import retention as kept
from models.database import connected, database
from models.errors import FieldError
from models.import_change import ImportChange
from models.integration import Integration
from models.integration_record import (
    ImportRun,
    IntegrationRecord,
    IntegrationRecordError,
    IntegrationRecordStatus,
)
from models.job_queue import (
    EntryStatus,
    JobQueueChange,
    JobQueueDependency,
    JobQueueEntry,
    JobQueueLogEntry,
    LogStatus,
    Notification,
    SessionEvent,
)
from models.messages import MailMessage
from models.post_process_entry import PostProcessEntry
from models.reports import ReportContent, ReportInbox
from tests.jobqueue.conftest import run_next
from tests.scheduler.conftest import MovableClock, moving, test_codeunits

__all__ = ["moving", "test_codeunits"]

DOCS = Path(__file__).resolve().parents[2] / "docs" / "job-queue.md"


def _days_ago(moving: MovableClock, days: int) -> datetime:
    return moving.clock.now() - timedelta(days=days)


def _entry(moving: MovableClock, status: EntryStatus, days: int, **more: Any) -> str:
    number = JobQueueEntry.select().count() + 1
    moment = _days_ago(moving, days)
    JobQueueEntry.insert(
        id=f"{number:032x}",
        entry_no=number,
        codeunit="noop",
        status=status,
        ended_at=moment,
        created_at=moment,
        modified_at=moment,
        **more,
    ).execute()
    return f"{number:032x}"


def _log(moving: MovableClock, job_id: str, days: int, status: LogStatus = LogStatus.SUCCESS) -> None:
    moment = _days_ago(moving, days)
    JobQueueLogEntry.insert(job_id=job_id, status=status, started_at=moment, ended_at=moment).execute()


def _clean(moving: MovableClock, name: str, days: int = 30) -> int:
    policy = retention.Policy(kept.BY_NAME[name], True, days)
    before = retention.would_delete(policy, moving.clock.now())
    gone = retention.clean(policy, moving.clock.now())
    assert gone == before, "what was announced is what went"
    return gone


def _left(table: Any) -> int:
    return int(table.select().count())


def test_old_entries_go_with_their_log_and_history_but_not_those_that_are_needed(
    company: Path, moving: MovableClock
) -> None:
    with connected():
        gone = [
            _entry(moving, status, 40)
            for status in (EntryStatus.FINISHED, EntryStatus.CANCELLED, EntryStatus.EXPIRED)
        ]
        kept_ids = [
            _entry(moving, EntryStatus.FINISHED, 20),
            _entry(moving, EntryStatus.ERROR, 40),
            _entry(moving, EntryStatus.IN_PROCESS, 40),
            _entry(moving, EntryStatus.READY, 40),
            _entry(moving, EntryStatus.ON_HOLD, 40),
            _entry(moving, EntryStatus.CANCELLED, 40, checkpoint='{"row": 7}'),
            _entry(moving, EntryStatus.FINISHED, 40),
        ]
        JobQueueDependency.insert(job_id=kept_ids[3], after_id=kept_ids[-1]).execute()
        JobQueueDependency.insert(job_id=gone[0], after_id=kept_ids[0]).execute()
        for job_id in (*gone, *kept_ids):
            _log(moving, job_id, 40)
            JobQueueChange.insert(job_id=job_id, at=_days_ago(moving, 40), field="Status").execute()
        assert _clean(moving, "entries") == 3
        assert {entry.id for entry in JobQueueEntry.select()} == set(kept_ids)
        assert {row.job_id for row in JobQueueLogEntry.select()} == set(kept_ids)
        assert {row.job_id for row in JobQueueChange.select()} == set(kept_ids)
        assert [row.job_id for row in JobQueueDependency.select()] == [kept_ids[3]]


def test_the_log_of_a_job_in_error_and_of_a_run_that_goes_on_stays(
    company: Path, moving: MovableClock
) -> None:
    with connected():
        recurring = _entry(moving, EntryStatus.READY, 1)
        failed = _entry(moving, EntryStatus.ERROR, 40)
        running = _entry(moving, EntryStatus.IN_PROCESS, 40)
        for job_id in (recurring, failed, running):
            _log(moving, job_id, 40)
        _log(moving, recurring, 2)
        _log(moving, recurring, 50, LogStatus.IN_PROCESS)
        assert _clean(moving, "log_entries") == 1
        left = sorted((row.job_id, row.status) for row in JobQueueLogEntry.select())
        assert left == sorted(
            [
                (recurring, "Success"),
                (recurring, "In Process"),
                (failed, "Success"),
                (running, "Success"),
            ]
        )


def _import(moving: MovableClock, days: int, **more: Any) -> int:
    moment = _days_ago(moving, days)
    values = {"integration_code": "X", "state": "Completed", "ended_at": moment, **more}
    run_id: int = ImportRun.insert(definition="{}", file_name="a.csv", created_at=moment, **values).execute()
    for line in (1, 2):
        record = IntegrationRecord.insert(run_id=run_id, line_no=line, payload="[]").execute()
        IntegrationRecordStatus.insert(record_id=record, run_id=run_id).execute()
        IntegrationRecordError.insert(record_id=record, run_id=run_id, code="X", message="x").execute()
    return run_id


def test_imports_go_with_their_records_when_every_record_is_settled(
    company: Path, moving: MovableClock
) -> None:
    with connected():
        _import(moving, 40)
        open_ones = [
            _import(moving, 40, errors=1, rows=1),
            _import(moving, 40, ready=1, rows=1),
            _import(moving, 40, state="Processing"),
            _import(moving, 40, job_id=_entry(moving, EntryStatus.IN_PROCESS, 40)),
            _import(moving, 10),
        ]
        assert _clean(moving, "imports") == 1
        assert [run.id for run in ImportRun.select()] == open_ones
        for table in (IntegrationRecord, IntegrationRecordStatus, IntegrationRecordError):
            assert {row.run_id for row in table.select()} == set(open_ones)
            assert _left(table) == 2 * len(open_ones)


def test_an_import_goes_with_all_that_belongs_to_it_but_not_while_post_processing_is_open(
    company: Path, moving: MovableClock
) -> None:
    with connected():
        gone, undone, failed, waits = (
            _import(moving, 40),
            _import(moving, 40, state="Undone"),
            _import(moving, 40),
            _import(moving, 40, post_job_id=_entry(moving, EntryStatus.READY, 40)),
        )
        for run_id, status in ((gone, "Completed"), (undone, "Error"), (failed, "Error"), (waits, "Ready")):
            PostProcessEntry.insert(
                run_id=run_id,
                table_name="customer",
                record_key="C1",
                codeunit="x",
                status=status,
                created_at=_days_ago(moving, 40),
            ).execute()
            ImportChange.insert(run_id=run_id, record_id=1, table_name="customer", record_key="C1").execute()
        assert _clean(moving, "imports") == 2
        assert [run.id for run in ImportRun.select()] == [failed, waits]
        for table in (PostProcessEntry, ImportChange):
            assert [row.run_id for row in table.select()] == [failed, waits]


def test_an_integration_may_keep_its_imports_for_another_time_than_the_company(
    company: Path, moving: MovableClock
) -> None:
    with connected():
        for code, days in (("SHORT", 5), ("LONG", 400)):
            Integration.create(code=code, target_table="customer", retention_days=days)
        _import(moving, 10, integration_code="SHORT")
        _import(moving, 40)
        kept = [
            _import(moving, 3, integration_code="SHORT"),
            _import(moving, 40, integration_code="LONG"),
            _import(moving, 10),
        ]
        [told] = [
            state.would_delete
            for state in retention.states(clock=moving.clock)
            if state.policy.kind.name == "imports"
        ]
        assert told == 1  # the policy's own 90 days, and the short one's 5
        assert _clean(moving, "imports") == 2
        assert [run.id for run in ImportRun.select()] == kept


def test_notifications_reports_mail_and_history_go_when_they_are_old(
    company: Path, moving: MovableClock
) -> None:
    old, new = _days_ago(moving, 40), _days_ago(moving, 10)
    with connected():
        for at, needs_action, read_at in ((old, 0, None), (old, 1, None), (old, 1, old), (new, 0, new)):
            Notification.insert(
                severity="info", title="x", created_at=at, needs_action=needs_action, read_at=read_at
            ).execute()
        assert _clean(moving, "notifications") == 2
        assert [(row.needs_action, row.read_at) for row in Notification.select()] == [(True, None), (0, new)]
        for at in (old, new):
            report = ReportInbox.insert(report="x", output="PDF", file_name="x.pdf", created_at=at).execute()
            ReportContent.insert(report_id=report, content=b"%PDF").execute()
            JobQueueChange.insert(job_id="1", at=at, field="Status").execute()
        assert _clean(moving, "reports") == 1
        assert _left(ReportInbox) == _left(ReportContent) == 1
        assert _clean(moving, "changes") == 1
        for status in ("Waiting", "Sent", "Failed"):
            MailMessage.insert(
                recipient="a@b", subject="x", status=status, not_before=old, created_at=old
            ).execute()
        assert _clean(moving, "mail") == 2
        assert MailMessage.get().status == "Waiting"


def test_session_events_of_windows_are_kept_longer_than_those_of_jobs(
    company: Path, moving: MovableClock
) -> None:
    with connected():
        for kind in ("Client", "Background"):
            for days, is_open in ((3, False), (40, False), (40, True), (200, True)):
                SessionEvent.insert(
                    session_id="1",
                    kind=kind,
                    event=SessionEventKind.START,
                    at=_days_ago(moving, days),
                    is_open=is_open,
                ).execute()
        assert _clean(moving, "background_sessions", 5) == 2
        assert _clean(moving, "client_sessions", 90) == 1
        assert _left(SessionEvent) == 5


def test_a_long_backlog_goes_in_short_transactions_and_a_stop_in_between_loses_nothing(
    company: Path, moving: MovableClock
) -> None:
    with connected():
        job_id = _entry(moving, EntryStatus.READY, 1)
        with database.atomic():
            for _ in range(kept.BATCH * 2 + 1):
                _log(moving, job_id, 40)
        batches: list[int] = []

        def stop(gone: int) -> None:
            batches.append(gone)
            if len(batches) == 2:
                raise KeyboardInterrupt

        policy = retention.Policy(kept.BY_NAME["log_entries"], True, 30)
        with pytest.raises(KeyboardInterrupt):
            retention.clean(policy, moving.clock.now(), stop)
        assert batches == [kept.BATCH, kept.BATCH * 2]
        assert _left(JobQueueLogEntry) == 1
        assert retention.clean(policy, moving.clock.now()) == 1


def test_a_person_sets_the_days_and_turns_policies_off(company: Path, moving: MovableClock) -> None:
    with connected():
        job_id = _entry(moving, EntryStatus.READY, 1)
        _log(moving, job_id, 40)
    assert retention.states(clock=moving.clock)[0].would_delete == 0
    retention.set_policy("log_entries", enabled=False, keep_days=30)
    first = retention.states(clock=moving.clock)[0]
    assert (first.policy.enabled, first.policy.keep_days, first.would_delete) == (False, 30, 1)
    with connected():
        assert retention.clean(first.policy, moving.clock.now()) == 0
    retention.set_policy("log_entries", enabled=True, keep_days=30)
    with connected():
        assert retention.clean(retention.policies()[0], moving.clock.now()) == 1


@pytest.mark.parametrize(
    ("name", "days", "code"),
    [("customers", 30, "NotFound"), ("entries", 0, "OutOfRange"), ("entries", 4_000, "OutOfRange")],
)
def test_a_policy_that_makes_no_sense_is_refused(company: Path, name: str, days: int, code: str) -> None:
    with pytest.raises(FieldError) as refused:
        retention.set_policy(name, enabled=True, keep_days=days)
    assert refused.value.code == code


def test_the_log_is_cleared_of_what_is_older_than_a_week_or_of_all_that_has_ended(
    company: Path, moving: MovableClock
) -> None:
    with connected():
        job_id = _entry(moving, EntryStatus.ERROR, 40)
        for days in (40, 8, 6):
            _log(moving, job_id, days)
        _log(moving, job_id, 40, LogStatus.IN_PROCESS)
    assert retention.delete_log_entries(clock=moving.clock) == 2
    assert retention.delete_log_entries(None, clock=moving.clock) == 1
    with connected():
        assert [row.status for row in JobQueueLogEntry.select()] == ["In Process"]
    with pytest.raises(FieldError):
        retention.delete_log_entries(-1, clock=moving.clock)


def test_the_program_makes_its_nightly_entry_once_and_respects_what_a_person_does_with_it(
    company: Path, moving: MovableClock
) -> None:
    job_id = retention.ensure_entry(clock=moving.clock)
    entry = entries.get(job_id)
    assert entry is not None
    schedule = schedule_of(entry)
    assert schedule is not None
    assert "01:00" <= schedule.starting_time <= "04:59"
    first = next_run(schedule, None, moving.clock.now())
    assert first is not None
    assert first.astimezone().strftime("%H:%M") == schedule.starting_time
    assert retention.ensure_entry(clock=moving.clock) == job_id
    actions.set_on_hold(job_id, clock=moving.clock)
    assert retention.ensure_entry(clock=moving.clock) == job_id
    entry = entries.get(job_id)
    assert entry is not None
    assert entry.status == EntryStatus.ON_HOLD


def test_companies_clean_up_at_different_times_of_the_night() -> None:
    times = {retention.starting_time(f"/data/company-{number}.db") for number in range(200)}
    assert len(times) > 100
    assert min(times) >= "01:00"
    assert max(times) <= "04:59"


def test_the_nightly_job_deletes_and_says_what(
    company: Path, moving: MovableClock, backdesk_home: Path
) -> None:
    job_id = retention.ensure_entry(clock=moving.clock)
    with connected():
        other = _entry(moving, EntryStatus.READY, 1)
        _log(moving, other, 200)
    moving.forward(24 * 3600)
    assert run_next(moving) is not None
    entry = entries.get(job_id)
    assert entry is not None
    assert (entry.status, entry.error_text) == (EntryStatus.READY, "")
    assert entry.result_text == "Deleted: Job Queue Log Entries 1."
    moving.forward(24 * 3600)
    run_next(moving)
    entry = entries.get(job_id)
    assert entry is not None
    assert entry.result_text == "There was nothing to delete."


def test_the_defaults_are_in_the_docs() -> None:
    section = DOCS.read_text(encoding="utf-8").split("## Cleaning up\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")][2:]
    told = [(row[0].strip(), int(row[1])) for row in rows]
    assert told == [(kind.caption, kind.days) for kind in kept.KINDS]


def test_finding_what_to_delete_in_a_long_log_uses_an_index(company: Path, moving: MovableClock) -> None:
    condition = kept.BY_NAME["log_entries"].parts[0].condition.replace(":before", "''")
    with connected():
        plan = database.execute_sql(
            f"EXPLAIN QUERY PLAN SELECT id FROM job_queue_log_entry WHERE {condition} LIMIT 500"
        ).fetchall()
    assert any("job_queue_log_entry_end" in row[3] for row in plan)
