"""Workers: the processes that run tasks, whether they live, and the rescue of what dead ones held."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.jobqueue import failure
from desktop.scheduler import claims, locks
from desktop.scheduler.engine import WorkerKind
from models import changes
from models.database import company_path, connected, database
from models.enforcement import as_system
from models.job_queue import Worker

ONLINE_SECONDS: Final = (
    45.0  # three heartbeats: how long a worker of another computer is believed without one
)


def this_host() -> str:
    """The name by which workers of one computer know each other."""
    return socket.gethostname()


def this_process() -> str:
    """Host and process, as the log names a worker."""
    return f"{this_host()} process {os.getpid()}"


@dataclass(frozen=True, slots=True)
class OnlineWorker:
    """A worker that lives.

    Attributes:
        kind: "app" for a window's own worker, "worker" for a process without a window.
        busy: how many of its slots are taken.
    """

    worker_id: str
    host: str
    process_id: int
    kind: str
    slots: int
    busy: int
    started_at: datetime


@as_system()
def workers_online(*, clock: Clock = SYSTEM_CLOCK) -> list[OnlineWorker]:
    """All workers of the company that live now, oldest first: what the status line shows."""
    company = company_path()
    with connected():
        rows = list(Worker.select().order_by(Worker.started_at, Worker.id))
        busy = dict(
            database.execute_sql(
                "SELECT worker_id, count(*) FROM scheduled_task WHERE running = 1 GROUP BY worker_id"
            ).fetchall()
        )
    return [
        OnlineWorker(
            row.id, row.host, row.process_id, row.kind, row.slots, busy.get(row.id, 0), row.started_at
        )
        for row in rows
        if _lives(company, row, clock.now())
    ]


def register(worker_id: str, kind: WorkerKind, slots: int, clock: Clock) -> None:
    """Enter this process as a worker."""
    now = clock.now()
    with connected(), database.atomic():
        Worker.insert(
            id=worker_id,
            host=this_host(),
            process_id=os.getpid(),
            kind=kind,
            slots=slots,
            started_at=now,
            heartbeat_at=now,
        ).execute()
        changes.touch(Worker.table(), worker_id)


def sign_off(worker_id: str) -> None:
    """Take this worker away again."""
    with connected(), database.atomic():
        Worker.delete().where(Worker.id == worker_id).execute()
        changes.touch(Worker.table(), worker_id)


def beat(worker_id: str, task_ids: list[str], clock: Clock, lease_seconds: float) -> set[str]:
    """Say that this worker lives, hold its leases and drop old changes; the ids of the tasks still its own."""
    now = clock.now()
    with database.atomic():
        Worker.update(heartbeat_at=now).where(Worker.id == worker_id).execute()
        changes.prune()
        return claims.renew(worker_id, task_ids, now, lease_seconds)


def rescue(own_id: str, clock: Clock, *, expired_too: bool = True) -> int:
    """Give back what dead workers held: of this computer as soon as their lock is free, else after their lease.

    Args:
        own_id: this worker, which is never dead.
        expired_too: False looks at locks only, e.g. just after this computer slept.
    Returns:
        How many tasks were rescued.
    """
    company = company_path()
    now = clock.now()
    rows = {row.id: row for row in Worker.select()}
    dead = [
        row.id
        for row in rows.values()
        if row.id != own_id and row.host == this_host() and not locks.is_alive(company, row.id)
    ]
    lost = claims.held_by(dead) if dead else []
    if expired_too:
        known = {claim.task_id for claim in lost}
        lost += [claim for claim in claims.expired(now) if claim.task_id not in known]
    count = 0
    for claim in lost:
        worker = rows.get(claim.worker_id)
        name = f"{worker.host} process {worker.process_id}" if worker is not None else "that had it"
        count += failure.rescued(claim, name, clock)
    _forget(dead, rows, now)
    return count


def _forget(dead: list[str], rows: dict[str, Worker], now: datetime) -> None:
    """Remove the rows of dead workers; those of other computers a day after their last heartbeat."""
    old = now - timedelta(days=1)
    gone = set(dead) | {row.id for row in rows.values() if row.host != this_host() and row.heartbeat_at < old}
    if not gone:
        return
    with database.atomic():
        Worker.delete().where(Worker.id.in_(list(gone))).execute()
        for worker_id in gone:
            changes.touch(Worker.table(), worker_id)


def _lives(company: Path, row: Worker, now: datetime) -> bool:
    if row.host == this_host():
        return locks.is_alive(company, row.id)
    return bool(now - row.heartbeat_at < timedelta(seconds=ONLINE_SECONDS))
