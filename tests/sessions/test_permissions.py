"""Rights of background work: who may run what, and what their code may write, kept by the connection."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.clock import SYSTEM_CLOCK
from desktop.jobqueue import actions, editing, entries
from desktop.notifications import notifications
from desktop.scheduler import tasks
from desktop.sessions import permissions
from desktop.sessions.client import ClientSession
from models import changes
from models.company import User, keep_result, next_number
from models.customer import Customer
from models.database import connected, database, read_only
from models.errors import BackdeskError, PermissionDeniedError, RightMissingError
from models.job_queue import EntryStatus, JobQueueEntry, SessionEvent
from models.job_rows import notification_history
from models.permission_edit import assign, set_permission
from models.permissions import PermissionSet, UserPermissionSet
from models.rights import Right
from tests.sessions.conftest import rename

pytestmark = pytest.mark.usefixtures("two_users")


MODIFY = "User MARIA does not have the following permissions on TableData Customer: Modify."
DELETE = "User MARIA does not have the following permissions on TableData Customer: Delete."


@pytest.fixture
def give() -> Callable[..., None]:
    """A function that gives MARIA sets in a company that ANNA looks after."""

    def to_maria(*set_codes: str) -> None:
        with connected():
            assign("ANNA", "SUPER")
            for code in set_codes:
                assign("MARIA", code)

    return to_maria


def _name() -> str:
    with connected():
        return str(Customer.get_by_id("C1").name)


# ---- the rule


def test_while_nobody_has_a_set_everybody_may_do_everything() -> None:
    permissions.check_may_run("MARIA", "recalculate_balances")
    with permissions.enforced("MARIA"), connected():
        rename()
    assert _name() == "Hansen"
    assert permissions.may_create_tasks("MARIA")
    assert not permissions.is_job_queue_admin("MARIA")
    assert permissions.job_queue_admins() == []


def test_afterwards_a_user_without_a_set_may_do_nothing(give: Callable[..., None]) -> None:
    give()
    with permissions.enforced("MARIA"), connected():
        with pytest.raises(RightMissingError, match="TableData Customer: Read"):
            Customer.get_by_id("C1")
    with pytest.raises(RightMissingError, match=r"Codeunit 60 \(recalculate_balances\): Execute"):
        permissions.check_may_run("MARIA", "recalculate_balances")
    assert not permissions.may_create_tasks("MARIA")


def test_somebody_with_super_may_do_everything_and_the_program_too(give: Callable[..., None]) -> None:
    give("SUPER")
    for user_id in ("MARIA", ""):
        permissions.check_may_run(user_id, "recalculate_balances")
        with permissions.enforced(user_id), connected():
            rename()


def test_sets_add_up(give: Callable[..., None]) -> None:
    give("READER", "ORDER PROCESSOR", "JOB QUEUE ADMIN")
    with permissions.enforced("MARIA"), connected():
        rename()
        with pytest.raises(PermissionDeniedError) as caught:
            Customer.delete().execute()
    assert caught.value.text == DELETE
    assert permissions.job_queue_admins() == ["ANNA", "MARIA"]
    assert permissions.is_job_queue_admin("MARIA")
    permissions.check_may_run("MARIA", "a_codeunit_of_nobody")


def test_a_user_who_is_disabled_runs_nothing_and_looks_after_nothing(give: Callable[..., None]) -> None:
    give("SUPER")
    with connected():
        User.update(enabled=False).where(User.user_id == "MARIA").execute()
    with pytest.raises(BackdeskError, match="user MARIA, who is disabled") as caught:
        permissions.check_may_run("MARIA", "recalculate_balances")
    assert caught.value.code == "UserDisabled"
    assert permissions.job_queue_admins() == ["ANNA"]
    with permissions.enforced("MARIA"), connected(), pytest.raises(RightMissingError):
        rename()


def test_a_right_that_is_taken_away_is_gone_with_the_next_thing_that_is_done(
    give: Callable[..., None],
) -> None:
    give("ORDER PROCESSOR")
    with connected():
        with permissions.enforced("MARIA"):
            rename()
        UserPermissionSet.delete().where(UserPermissionSet.user_id == "MARIA").execute()
        with permissions.enforced("MARIA"), pytest.raises(RightMissingError, match="Customer"):
            rename()


# ---- the connection


WRITES = (
    lambda: Customer(no="C2", name="Hansen").save(force_insert=True),
    lambda: Customer.delete().where(Customer.no == "C1").execute(),
    rename,
    lambda: database.connection().executemany("UPDATE customer SET name = ?", [("x",)]),
    lambda: database.connection().executescript("UPDATE customer SET name = 'x';"),
    lambda: database.execute_sql("REPLACE INTO customer (no, name) VALUES ('C1', 'x')"),
    lambda: database.execute_sql("WITH x AS (SELECT 1) UPDATE customer SET name = 'x'"),
)


@pytest.mark.parametrize("write", WRITES)
def test_a_reader_writes_nothing_by_whatever_way(
    give: Callable[..., None], write: Callable[[], object]
) -> None:
    give("READER")
    with permissions.enforced("MARIA"), connected():
        with pytest.raises(RightMissingError, match=r"User MARIA .* on TableData Customer"):
            write()
    assert _name() == "Petersen"


@pytest.mark.parametrize(
    ("sql", "wish"),
    [
        ("DROP TABLE customer", "Change the tables"),
        ("CREATE TABLE berth (no TEXT)", "Change the tables"),
        ("ALTER TABLE customer ADD x TEXT", "Change the tables"),
        ("CREATE TEMP TRIGGER t AFTER UPDATE ON item BEGIN DELETE FROM customer; END", "Make triggers"),
        ("ATTACH ':memory:' AS x", "Attach another file"),
        ("PRAGMA writable_schema=1", "Change the database's setting “writable_schema”"),
    ],
)
def test_nobody_with_limited_rights_changes_the_file_itself(
    give: Callable[..., None], sql: str, wish: str
) -> None:
    give("DATA MANAGER")
    with permissions.enforced("MARIA"), connected():
        with pytest.raises(RightMissingError, match=f"the company's file: {wish}"):
            database.execute_sql(sql)


def test_a_temporary_table_is_nobodys_record(give: Callable[..., None]) -> None:
    give("READER")
    with permissions.enforced("MARIA"), connected():
        database.execute_sql("CREATE TEMP TABLE heap (no TEXT)")
        database.execute_sql("INSERT INTO heap SELECT no FROM customer")
        assert database.execute_sql("SELECT COUNT(*) FROM heap").fetchone() == (1,)


def test_a_statement_that_was_prepared_before_is_asked_about_anew(give: Callable[..., None]) -> None:
    """The driver keeps statements; user, program and user again run the very same text on one connection."""
    give("READER")
    with connected():
        rename()
        for _ in range(2):
            with permissions.enforced("MARIA"):
                with pytest.raises(RightMissingError) as caught:
                    rename()
                assert caught.value.text == MODIFY
                with permissions.as_system():
                    rename()
                with pytest.raises(RightMissingError):
                    rename()
            rename()


def test_rows_that_are_being_read_stay_readable_while_the_program_writes(give: Callable[..., None]) -> None:
    give("READER")
    with connected():
        Customer.insert_many([{"no": f"D{number}", "name": "x"} for number in range(300)]).execute()
        with permissions.enforced("MARIA"):
            rows = database.execute_sql("SELECT no FROM customer")
            rows.fetchone()
            with permissions.as_system():
                rename()
            assert len(rows.fetchall()) == 300


def test_rights_are_a_threads_own(give: Callable[..., None]) -> None:
    give("READER")

    def elsewhere() -> None:
        with connected():
            rename()

    with permissions.enforced("MARIA"), connected():
        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
    assert _name() == "Hansen"


def test_rights_end_with_the_block_also_after_an_error(give: Callable[..., None]) -> None:
    give("READER")
    with connected():
        with pytest.raises(RightMissingError), permissions.enforced("MARIA"):
            rename()
        rename()
    assert _name() == "Hansen"


def test_a_refused_transaction_leaves_nothing(give: Callable[..., None]) -> None:
    @database.atomic()
    def both() -> None:
        rename()
        Customer.delete().execute()

    give("ORDER PROCESSOR")
    with permissions.enforced("MARIA"), connected():
        with pytest.raises(RightMissingError):
            both()
    assert _name() == "Petersen"


def test_what_only_reads_reads_what_its_user_may_read(give: Callable[..., None]) -> None:
    give()
    with connected():
        PermissionSet(code="SELLER").save(force_insert=True)
        set_permission("SELLER", "Table", "customer", {Right.READ})
        assign("MARIA", "SELLER")
    with read_only() as connection, permissions.enforced("MARIA"):
        assert connection.execute("SELECT COUNT(*) FROM customer").fetchone() == (1,)
        with pytest.raises(RightMissingError, match="TableData Vendor: Read"):
            connection.execute("SELECT COUNT(*) FROM vendor")
        with permissions.as_system():
            assert connection.execute("SELECT COUNT(*) FROM vendor").fetchone() == (0,)
        with pytest.raises(PermissionDeniedError):
            rename()


def test_other_errors_of_the_database_stay_what_they_are(give: Callable[..., None]) -> None:
    give("READER")
    with permissions.enforced("MARIA"), connected() as connection:
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            connection.execute("SELECT * FROM berth")
        with pytest.raises(sqlite3.OperationalError, match="syntax error"):
            connection.execute("SELEC 1")


# ---- the program's own bookkeeping


def test_what_the_program_keeps_itself_is_written_for_whoever_works(give: Callable[..., None]) -> None:
    give("READER")
    with permissions.enforced("MARIA"), connected(), database.atomic():
        changes.touch("customer", "C1")
        assert next_number("CUSTOMER") == "C00002"
        keep_result("a cue", "{}", SYSTEM_CLOCK.now())
        number = notifications.notify("ok", "It has ended.")
        notifications.mark_read([number])
    with connected():
        assert [row.read for row in notification_history("MARIA")] == [True]


def test_logon_and_logoff_are_noted_of_somebody_who_may_do_nothing(
    give: Callable[..., None], company: Path
) -> None:
    give()
    with permissions.enforced("MARIA"), ClientSession(company, "MARIA", "Window"):
        pass
    with connected():
        assert [row.event for row in SessionEvent.select()] == ["Logon", "Logoff"]


def test_an_order_processor_lets_a_job_run_without_any_right_on_its_log(give: Callable[..., None]) -> None:
    give("ORDER PROCESSOR")
    with permissions.enforced("MARIA"):
        job_id = entries.create_entry("Prices", "process_import", user_id="MARIA")
        actions.set_on_hold(job_id, user_id="MARIA")
        editing.change_field(job_id, "description", "New prices", "Prices", user_id="MARIA")
        actions.set_ready(job_id, user_id="MARIA")
        with pytest.raises(RightMissingError, match="TableData Job Queue Entry: Delete"):
            actions.delete(job_id, user_id="MARIA")
    with connected():
        entry = JobQueueEntry.get_by_id(job_id)
    assert (entry.status, entry.description) == (EntryStatus.READY, "New prices")


def test_code_of_a_user_lets_nothing_run_with_rights_that_the_user_does_not_have(
    give: Callable[..., None],
) -> None:
    give("ORDER PROCESSOR")
    with permissions.enforced("MARIA"):
        for attempt in (
            lambda: entries.create_entry("Prices", "process_import", user_id=""),
            lambda: entries.create_entry("Prices", "process_import", user_id="ANNA"),
            lambda: entries.create_entry("Prices", "process_import", user_id="MARIA", run_as_user_id="ANNA"),
            lambda: tasks.create_task("process_import", user_id=""),
        ):
            with pytest.raises(RightMissingError, match=r"in the name of (user ANNA|the program): Insert"):
                attempt()
        tasks.create_task("process_import", user_id="MARIA")
    with connected():
        assert JobQueueEntry.select().count() == 0


def test_a_reader_touches_no_job(give: Callable[..., None]) -> None:
    give("READER")
    job_id = entries.create_entry("Prices", "process_import", user_id="ANNA", status=EntryStatus.ON_HOLD)
    task_id = tasks.create_task("process_import", user_id="ANNA", is_ready=False)
    refused = (
        lambda: entries.create_entry("Mine", "process_import", user_id="MARIA"),
        lambda: entries.copy(job_id, user_id="MARIA"),
        lambda: actions.set_ready(job_id, user_id="MARIA"),
        lambda: actions.cancel(job_id, user_id="MARIA"),
        lambda: actions.delete(job_id, user_id="MARIA"),
        lambda: editing.set_priority([job_id], 1000, "MARIA"),
        lambda: tasks.set_task_ready(task_id),
        lambda: tasks.cancel_task(task_id),
    )
    with permissions.enforced("MARIA"):
        for attempt in refused:
            with pytest.raises(RightMissingError, match=r"User MARIA .* (Job Queue Entry|Scheduled Task)"):
                attempt()
    assert tasks.task_exists(task_id)


def test_setting_to_ready_asks_whether_the_run_as_user_may_run_it(give: Callable[..., None]) -> None:
    give("ORDER PROCESSOR")
    job_id = entries.create_entry(
        "Balances", "recalculate_balances", user_id="MARIA", status=EntryStatus.ON_HOLD
    )
    with pytest.raises(RightMissingError) as caught:
        actions.set_ready(job_id, user_id="MARIA")
    assert caught.value.text == (
        "User MARIA does not have the following permissions on Codeunit 60 (recalculate_balances): Execute."
    )
    with connected():
        assert JobQueueEntry.get_by_id(job_id).status == EntryStatus.ON_HOLD
