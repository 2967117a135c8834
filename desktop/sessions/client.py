"""The client's own session: its logon and logoff, and the end of those that could not tell theirs."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final

import peewee

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.scheduler import locks
from desktop.scheduler.locks import WorkerLock
from desktop.sessions import events
from desktop.sessions.events import SessionEventKind
from desktop.sessions.session import SessionKind
from desktop.sessions.watching import this_computer
from models.database import connected, database
from models.enforcement import as_system

WITHOUT_LOGOFF: Final = (
    "Backdesk ended without a logoff, e.g. after a crash or a power cut; noticed at the next start."
)
WITH_ITS_CLIENT: Final = "It ended with its Backdesk, which ended without a logoff."

_log = logging.getLogger("desktop.sessions")


class ClientSession:
    """The session of a window, or of a verb that runs codeunits, from logon to logoff.

    It holds an operating-system lock meanwhile, so that the next start on this computer knows whether it lives.

    Args:
        company: the company file, open already in this process.
        user_id: who works here.
        program: WINDOW, "Worker" or "Import".

    Attributes:
        session_id: stands in its events, and in those of the background sessions of its program.
    """

    def __init__(self, company: Path, user_id: str, program: str, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self.session_id = uuid.uuid4().hex
        self.program = program
        self._company = company
        self._user_id = user_id
        self._clock = clock
        self._lock = WorkerLock(company, self.session_id)
        self._logged_on = False

    def log_on(self) -> None:
        """Note the logon, and close what ended on this computer without a word.

        A company that cannot be written, or a folder without room for a lock, costs the events, not the work.
        """
        try:
            self._lock.acquire()
        except OSError as error:
            _log.warning("the session has no lock, so its logon is not noted: %s", str(error))
            return
        try:
            with connected(), as_system(), database.atomic():
                self._close_lost()
                self._record(SessionEventKind.LOGON)
        except peewee.DatabaseError as error:
            _log.warning("the logon could not be noted: %s", str(error))
            self._lock.release()
            return
        self._logged_on = True

    def log_off(self) -> None:
        """Note the logoff; without a logon it does nothing."""
        if not self._logged_on:
            return
        self._logged_on = False
        try:
            with connected(), as_system(), database.atomic():
                self._record(SessionEventKind.LOGOFF)
        except peewee.DatabaseError as error:
            _log.warning("the logoff could not be noted: %s", str(error))
        finally:
            self._lock.release()

    def __enter__(self) -> ClientSession:
        self.log_on()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.log_off()

    def _record(self, event: SessionEventKind) -> None:
        events.record(
            self.session_id,
            event,
            at=self._clock.now(),
            user_id=self._user_id,
            kind=SessionKind.CLIENT,
            program=self.program,
        )

    def _close_lost(self) -> None:
        now: datetime = self._clock.now()
        alive: dict[str, bool] = {self.session_id: True}
        for began in events.open_sessions(this_computer()):
            client = began.client_id or began.session_id
            if client not in alive:
                alive[client] = locks.is_alive(self._company, client)
            if not alive[client]:
                events.record(
                    began.session_id,
                    SessionEventKind.CLOSE,
                    at=now,
                    user_id=began.user_id,
                    codeunit=began.codeunit,
                    comment=WITH_ITS_CLIENT if began.client_id else WITHOUT_LOGOFF,
                    kind=SessionKind(began.kind),
                    program=began.program,
                    client_id=began.client_id,
                    noticed_later=True,
                )
