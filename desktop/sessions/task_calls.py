"""The Task Scheduler as code in a session calls it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from desktop.errors import SessionError
from desktop.sessions.hosting import RecordReference

if TYPE_CHECKING:
    from desktop.clock import Clock
    from desktop.sessions.session import SessionKind


class TaskCalls:
    """Scheduled tasks in the name of the session's user: one run each, at or after its time, on any worker.

    They survive restarts; one that is created inside a transaction is stored with it. A session that only reads is
    refused.
    """

    __slots__ = ()
    if TYPE_CHECKING:  # of the session
        kind: SessionKind
        user_id: str
        clock: Clock

    def create_task(
        self,
        codeunit: str | int,
        failure_codeunit: str | int | None = None,
        *,
        is_ready: bool = True,
        not_before: datetime | None = None,
        record_id: RecordReference | None = None,
        timeout: float | timedelta | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> UUID:
        """Store one run of a codeunit.

        Args:
            codeunit: a name or number of the registry.
            failure_codeunit: runs in a new session when `codeunit` fails, with the same record, and error_code,
                error_text and error_call_stack among its parameters.
            is_ready: False keeps it until `set_task_ready`.
            not_before: aware; None is now.
            record_id: handed over by table and key.
            timeout: seconds, or a timedelta, after which its process is killed; 12 hours by default.
            parameters: texts by name.
        Returns:
            The task's id.
        Raises:
            UnknownCodeunitError: there is no such codeunit.
            SessionError: this session only reads, or its user may not run tasks.
            TypeError, ValueError: parameters, record or time-out are none.
        """
        from desktop.scheduler import tasks

        self._check_writes()
        if not self.can_create_task():
            raise SessionError(
                f"User {self.user_id} may not create or run scheduled tasks.",
                "Ask an administrator for a permission set, or to enable the user.",
                "NoTasks",
            )
        return tasks.create_task(
            codeunit,
            failure_codeunit,
            is_ready=is_ready,
            not_before=not_before,
            record_id=record_id,
            timeout=timeout,
            parameters=parameters,
            user_id=self.user_id,
            clock=self.clock,
        )

    def set_task_ready(self, task_id: UUID, not_before: datetime | None = None) -> bool:
        """Let a task run, at once or not before a time; False when it is gone or runs already.

        Raises:
            SessionError: this session only reads.
        """
        from desktop.scheduler import tasks

        self._check_writes()
        return tasks.set_task_ready(task_id, not_before, clock=self.clock)

    def task_exists(self, task_id: UUID) -> bool:
        """Whether the task still waits or runs; False once it has ended."""
        from desktop.scheduler import tasks

        return tasks.task_exists(task_id)

    def cancel_task(self, task_id: UUID) -> bool:
        """Take back a task that has not started; False when it is gone or runs.

        Raises:
            SessionError: this session only reads.
        """
        from desktop.scheduler import tasks

        self._check_writes()
        return tasks.cancel_task(task_id)

    def can_create_task(self) -> bool:
        """Whether tasks may run in the name of this session's user."""
        from desktop.scheduler import tasks

        return tasks.can_create_task(self.user_id)

    def _check_writes(self) -> None:
        from desktop.sessions.session import SessionKind

        if self.kind is SessionKind.CHILD:
            raise SessionError(
                "A page background task cannot change scheduled tasks: it only reads.",
                "Do it from the page, or from a job.",
                "ReadsOnly",
            )
