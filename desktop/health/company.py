"""Checks of one company: its file, its jobs and its imports."""

from __future__ import annotations

from pathlib import Path

import peewee

from desktop.clock import Clock
from desktop.formats import count_text
from desktop.health.check import Check, error, ok, warning
from models.company import CompanyInformation
from models.database import connected, database, open_company
from models.errors import BackdeskError, company_error
from models.fields import stored_time
from models.integration_record import RunState
from models.job_queue import EntryStatus


def check_company(path: Path | None, clock: Clock) -> list[Check]:
    """All checks of the company, which is open afterwards if it can be opened.

    Args:
        path: the company file; None when there is none yet.
    """
    if path is None:
        return [ok("Company", "None yet; the demo company is made at the first start")]
    try:
        open_company(path)
        with connected():
            name = CompanyInformation.select(CompanyInformation.name).scalar() or "without a name"
            checks = [ok("Company", f"“{name}”, {path}"), file_is_whole(), links_are_whole()]
            checks += [*jobs(clock), imports()]
    except BackdeskError as fault:
        return [error("Company", fault.text, fault.hint)]
    except peewee.DatabaseError as fault:
        told = company_error(fault, path)
        text = told.text if told else f"“{path.name}” cannot be read: {fault}."
        hint = told.hint if told else ""
        return [error("Company", text, hint or "Restore it from a backup.")]
    return checks


def file_is_whole() -> Check:
    """SQLite's own check of the file's structure."""
    found = [row[0] for row in database.execute_sql("PRAGMA quick_check(3)").fetchall()]
    if found == ["ok"]:
        return ok("Company file", "Whole")
    return error(
        "Company file",
        f"The file is damaged: {'; '.join(found)}.",
        "Restore it from a backup; Backdesk keeps a copy beside it before each upgrade.",
    )


def links_are_whole() -> Check:
    """Whether every record that another one points at exists."""
    broken = database.execute_sql("PRAGMA foreign_key_check").fetchall()
    if not broken:
        return ok("Links", "Every record that is pointed at exists")
    tables = ", ".join(sorted({row[0] for row in broken}))
    return error(
        "Links",
        f"{count_text(len(broken))} records point at something that does not exist: {tables}.",
        "Restore the company from a backup, or enter what is missing.",
    )


def jobs(clock: Clock) -> list[Check]:
    """Workers, waiting jobs, and jobs that nobody runs although they are marked so."""
    from desktop.scheduler.workers import workers_online

    online = workers_online(clock=clock)
    alive = {worker.worker_id for worker in online}
    now = stored_time(clock.now())
    running = database.execute_sql("SELECT worker_id FROM scheduled_task WHERE running = 1").fetchall()
    stuck = sum(1 for (worker,) in running if worker not in alive)
    (waiting,) = database.execute_sql(
        "SELECT COUNT(*) FROM scheduled_task WHERE running = 0 AND is_ready = 1 AND not_before <= ?", (now,)
    ).fetchone()
    (orphans,) = database.execute_sql(
        "SELECT COUNT(*) FROM job_queue_entry e WHERE e.status IN (?, ?)"
        " AND NOT EXISTS (SELECT 1 FROM scheduled_task t WHERE t.job_id = e.id)",
        (EntryStatus.IN_PROCESS.value, EntryStatus.CANCELLING.value),
    ).fetchone()
    start = "Open the window, or start one with: backdesk worker"
    if online:
        slots = sum(worker.slots for worker in online)
        busy = sum(worker.busy for worker in online)
        checks = [ok("Workers", f"{len(online)} online, {busy} of {slots} slots busy")]
    elif waiting:
        checks = [warning("Workers", f"No worker is online, but {_jobs(waiting, 'waits', 'wait')}.", start)]
    else:
        checks = [ok("Workers", "None online; nothing waits")]
    if stuck:
        checks.append(
            warning(
                "Jobs",
                f"{_jobs(stuck, 'was', 'were')} left by a worker that died.",
                f"{start}. It takes them up.",
            )
        )
    if orphans:
        checks.append(
            error(
                "Jobs",
                f"{_jobs(orphans, 'is', 'are')} marked as In Process, but nothing runs them.",
                "Stop each with “backdesk jobs cancel ID”, then run it again with “backdesk jobs retry ID”.",
            )
        )
    if not stuck and not orphans:
        checks.append(ok("Jobs", f"{count_text(len(running))} running, {count_text(waiting)} waiting"))
    return checks


def _jobs(number: int, one: str, many: str) -> str:
    return f"1 job {one}" if number == 1 else f"{count_text(number)} jobs {many}"


def imports() -> Check:
    """Imports whose reading was cut off; that counts add up the database itself sees to."""
    from models import owners

    reading = database.execute_sql("SELECT owner FROM import_run WHERE state = ?", (RunState.READING.value,))
    owner_of_each = [owner for (owner,) in reading.fetchall()]
    cut_off = sum(1 for owner in owner_of_each if not owners.lives(owner))
    if cut_off:
        return warning(
            "Imports",
            f"{count_text(cut_off)} {'file was' if cut_off == 1 else 'files were'} not read to the end.",
            "Import them again; nothing of them was written.",
        )
    return ok("Imports", f"{count_text(len(owner_of_each))} being read")
