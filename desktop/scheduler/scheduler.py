"""The embedded Task Scheduler: one thread that claims, renews, stops and rescues; slots that wait for children."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import peewee

from desktop.changes import EVERYTHING, ChangeWatcher
from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.jobqueue import dispatcher, watching
from desktop.scheduler import claims, one_job, workers
from desktop.scheduler.children import ChildPool
from desktop.scheduler.engine import Claim, EngineStatus, Runner, Slots, WorkerKind
from desktop.scheduler.listeners import JobEndedCallback, JobListeners, JobProgressCallback
from desktop.scheduler.locks import WorkerLock
from desktop.scheduler.orders import Order, OrderRunner
from desktop.scheduler.pace import Pace, runs_of_one_order
from models.changes import Change
from models.database import connected
from models.fields import shown_time
from models.job_queue import EntryStatus, JobQueueCategory, ScheduledTask

LEASE_SECONDS: Final = 60.0
HEARTBEAT_SECONDS: Final = 15.0
RESCUE_SECONDS: Final = 2.0  # between two looks at the locks of the other workers
PATIENCE_SECONDS: Final = 10  # with a company that cannot be written, where a person waits for one job
_PAUSE_AFTER_TROUBLE_SECONDS: Final = 1.0
_WATCHED: Final = frozenset({ScheduledTask.table(), JobQueueCategory.table(), EVERYTHING})
_log = logging.getLogger(__name__)


class TaskScheduler:
    """Runs the company's due tasks in child processes, from `start` to `stop`, once.

    Args:
        company: the company file, open already in this process.
        kind: "app" for a window's own worker, "worker" for a process without a window.
        slots: how many tasks at once, and on what threads.
        watcher: started by the caller; tells what other threads and processes have written.
        grace_seconds: how long code may take to obey a wish to stop before its process is killed.
        runner: what runs a task; a pool of child processes of its own by default.
        look_after: what is put right besides, whenever dead workers are looked for; it must be quick.
    """

    def __init__(
        self,
        company: Path,
        *,
        kind: WorkerKind = "app",
        slots: Slots,
        watcher: ChangeWatcher,
        clock: Clock = SYSTEM_CLOCK,
        grace_seconds: float = 10.0,
        lease_seconds: float = LEASE_SECONDS,
        runner: Runner | None = None,
        look_after: Callable[[], None] | None = None,
    ) -> None:
        self.worker_id = uuid.uuid4().hex
        self._kind = kind
        self._slots = slots
        self._watcher = watcher
        self._clock = clock
        self._lease = lease_seconds
        self._runner: Runner = runner or ChildPool(
            company, slots.size, grace_seconds=grace_seconds, clock=clock
        )
        self._look_after = look_after
        self._pace = Pace()
        self._lock_file = WorkerLock(company, self.worker_id)
        self._condition = threading.Condition()
        self._active: dict[str, Order] = {}
        self._listeners = JobListeners()
        self._runs = OrderRunner(self._runner, self._pace, self._listeners, clock)
        self._woken = False
        self._idle = False
        self._trouble: Exception | None = None
        self._given_up: Exception | None = None  # why the end of the only job could not be written
        self._stopping = False
        self._only_job = ""
        self._thread: threading.Thread | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._registered = False
        self._beat_at = 0.0
        self._rescue_at = 0.0
        self._watched: set[str] = set()  # tables whose change wakes an inactive entry
        self._changed: set[str] = set()  # those of them that were changed since the last pass
        self._passed_at: datetime | None = None
        self._expired_from: datetime | None = None

    # --- what the composition root does ----------------------------------------------------------

    def start(self) -> None:
        """Work until `stop`; tasks of workers that died are rescued first.

        Raises:
            OSError: the worker's lock file cannot be made.
        """
        self._start("")

    def stop(self) -> None:
        """End. What is committed stays; what runs is asked to stop, killed after the grace time, and released,
        so that it goes on at the next start.
        """
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._unsubscribe is not None:
            self._unsubscribe()
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        thread.join()
        with self._condition:
            running = list(self._active.values())
        for order in running:
            order.token.cancel(release=True)
        self._slots.wait()
        self._runner.close()
        if self._registered:
            try:
                workers.sign_off(self.worker_id)
            except peewee.DatabaseError:
                _log.warning("the worker could not sign off; its free lock tells the others", exc_info=True)
        self._lock_file.release()

    def run_job(self, job_id: str, *, timeout_seconds: float | None = None) -> EntryStatus | None:
        """Run one entry's job and no other, or wait while another worker runs it; starts and stops by itself.

        Retries that are due belong to it.

        Returns:
            The entry's status at the end; None when the entry does not exist any more. After the time-out, and
            for an entry that may only start later, it is the status of that moment.
        Raises:
            Exception: what keeps this worker from the company, e.g. a full disk; the entry is as it was.
        """
        self._start(job_id)
        try:
            with self._condition:
                self._condition.wait_for(
                    lambda: (
                        self._idle
                        and not self._active
                        and (bool(self._given_up or self._trouble) or one_job.is_over(job_id, self._clock))
                    ),
                    timeout_seconds,
                )
                trouble = self._given_up or self._trouble
            if trouble is not None and not one_job.is_over(job_id, self._clock):
                raise trouble
        finally:
            self.stop()
        return one_job.status_of(job_id)

    def wait_until_idle(self, timeout_seconds: float | None = None) -> bool:
        """Wait until nothing runs here and nothing more can start now; False when time is up before."""
        with self._condition:
            return self._condition.wait_for(lambda: self._idle and not self._active, timeout_seconds)

    def wake(self) -> None:
        """Look for work at once; from any thread."""
        with self._condition:
            self._woken = True
            self._idle = False
            self._condition.notify_all()

    def listen(
        self,
        *,
        on_progress: JobProgressCallback | None = None,
        on_job_ended: JobEndedCallback | None = None,
    ) -> Callable[[], None]:
        """Be told of the jobs that run here, on the threads of the slots.

        Args:
            on_progress: job id, done, total, text; at most ten times a second per job.
            on_job_ended: job id; its rows are written already.
        Returns:
            What ends it.
        """
        return self._listeners.add(on_progress, on_job_ended)

    def status(self) -> EngineStatus:
        """How this worker stands."""
        with self._condition:
            orders = list(self._active.values())
            trouble = self._trouble
        return EngineStatus(
            self.worker_id,
            self._slots.size,
            tuple(order.as_running() for order in orders),
            trouble,
        )

    # --- the scheduler's thread ------------------------------------------------------------------

    def _start(self, only_job: str) -> None:
        if self._thread is not None:
            return
        self._only_job = only_job
        self._trouble = self._given_up = None
        self._stopping = False
        self._woken = True
        self._idle = False
        self._lock_file.acquire()
        self._unsubscribe = self._watcher.subscribe(self._on_changes)
        self._thread = threading.Thread(target=self._work, name="task-scheduler", daemon=True)
        self._thread.start()

    def _on_changes(self, told: list[Change]) -> None:
        tables = {change.table for change in told}
        with self._condition:
            wanted = self._watched if EVERYTHING in tables else tables & self._watched
            self._changed |= wanted
        if wanted or tables & _WATCHED or self._only_job:
            self.wake()

    def _work(self) -> None:
        while True:
            with self._condition:
                if self._stopping:
                    return
                self._woken = False
            trouble: Exception | None = None
            try:
                wait = self._pass()
            except Exception as error:
                if repr(error) != repr(self._trouble):  # once, not with each try
                    _log.exception("the task scheduler could not reach the company; it tries again")
                trouble, wait = error, _PAUSE_AFTER_TROUBLE_SECONDS
            with self._condition:
                self._trouble = trouble
                if not self._woken:
                    self._idle = True
                    self._condition.notify_all()
                self._condition.wait_for(lambda: self._woken or self._stopping, wait)

    def _pass(self) -> float:
        """Do all that is to be done now; the seconds until the next look."""
        with connected():
            if not self._registered:
                self._sign_on()
            self._notice_sleep()
            self._stop_what_is_unwanted()
            if self._clock.monotonic() >= self._beat_at:
                self._beat()
            if self._clock.monotonic() >= self._rescue_at:
                self._rescue_at = self._clock.monotonic() + RESCUE_SECONDS
                workers.rescue(self.worker_id, self._clock, expired_too=self._may_rescue_expired())
                watching.expire_due(self._clock)
                if self._look_after is not None:
                    self._look_after()
            self._wake_inactive()
            while self._claim_one():
                pass
            return self._seconds_to_next()

    def _wake_inactive(self) -> None:
        with self._condition:
            changed, self._changed = self._changed, set()
        if changed:
            watching.wake(changed, self._clock)
        watched = watching.watched_tables()
        with self._condition:
            self._watched = watched

    def _sign_on(self) -> None:
        """The first thing on the thread, so that whoever starts the scheduler never waits for the company."""
        workers.register(self.worker_id, self._kind, self._slots.size, self._clock)
        self._registered = True
        self._beat_at = self._clock.monotonic() + HEARTBEAT_SECONDS
        self._rescue_at = self._clock.monotonic() + RESCUE_SECONDS
        workers.rescue(self.worker_id, self._clock)

    def _claim_one(self) -> bool:
        now = self._clock.now()
        with self._condition:
            if self._stopping or len(self._active) >= self._slots.size:
                return False
        if not claims.something_is_due(now):
            return False
        order = self._claim_quick(now) or self._claim_due(now)
        if order is None:
            return False
        with self._condition:
            self._active[order.claim.task_id] = order
        self._slots.submit(lambda: self._run(order))
        return True

    def _claim_quick(self, now: datetime) -> Order | None:
        quick = {} if self._only_job else self._pace.quick()
        if not quick:
            return None
        most = runs_of_one_order(quick)
        found = claims.claim_quick(self.worker_id, now, self._lease, quick, most)
        return Order(found[0], found) if found else None

    def _claim_due(self, now: datetime) -> Order | None:
        claim = claims.claim_due(self.worker_id, now, self._lease, self._begin, only_job=self._only_job)
        return None if claim is None else Order(claim)

    def _begin(self, claim: Claim) -> Claim | None:
        return dispatcher.begin(claim, workers.this_process(), self._clock)

    def _stop_what_is_unwanted(self) -> None:
        with self._condition:
            if not self._active:
                return
        unwanted = claims.to_cancel(self.worker_id)
        with self._condition:
            found = [order for order in self._active.values() if not unwanted.isdisjoint(order.task_ids())]
        for order in found:
            order.token.cancel()

    def _beat(self) -> None:
        self._beat_at = self._clock.monotonic() + HEARTBEAT_SECONDS
        with self._condition:
            held = {order: order.task_ids() for order in self._active.values()}
        task_ids = [task_id for ids in held.values() for task_id in ids]
        mine = workers.beat(self.worker_id, task_ids, self._clock, self._lease)
        for order, ids in held.items():
            if mine.isdisjoint(ids):
                order.token.cancel(release=True)

    def _notice_sleep(self) -> None:
        """After the computer slept all leases have run out; the others get one lease of time to wake too."""
        now = self._clock.now()
        lease = timedelta(seconds=self._lease)
        if self._passed_at is not None and now - self._passed_at > lease:
            self._expired_from = now + lease
            self._beat_at = 0.0
        self._passed_at = now

    def _may_rescue_expired(self) -> bool:
        return self._expired_from is None or self._clock.now() >= self._expired_from

    def _seconds_to_next(self) -> float:
        monotonic = self._clock.monotonic()
        wait = min(self._beat_at, self._rescue_at) - monotonic
        start = claims.next_start()
        if start:
            wait = min(wait, (shown_time(start) - self._clock.now()).total_seconds())
        return max(wait, 0.001)

    # --- a slot's thread -------------------------------------------------------------------------

    def _run(self, order: Order) -> None:
        given_up: Exception | None = None
        try:
            given_up = self._runs.run(order, patience=PATIENCE_SECONDS if self._only_job else None)
        finally:
            with self._condition:
                if self._only_job and given_up is not None:
                    self._given_up = given_up
                self._active.pop(order.claim.task_id, None)
                self._woken = True
                self._idle = False
                self._condition.notify_all()
