"""What starts and stops background sessions, as the code inside a session sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Protocol

import msgspec

from models.record import Record

DEFAULT_TIMEOUT_SECONDS: Final = 28_800.0  # 8 hours
MOST_DEPTH: Final = 14  # a session that starts one, which starts one, and so on

RecordReference = Record | tuple[str, str]


class SessionOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A background session as it was asked for; plain values, so that it crosses to another process.

    Attributes:
        codeunit: its name in the registry.
        parameters: texts by name.
        user_id: in whose name it runs.
        record_table, record_id: the record handed over, by table and key; empty for none.
        timeout_seconds: when it is ended.
        depth: 0 for one that a page started, one more for each session between.
    """

    codeunit: str
    parameters: dict[str, str]
    user_id: str
    record_table: str = ""
    record_id: str = ""
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    depth: int = 0


class SessionHost(Protocol):
    """What runs background sessions: the program, or in a child process the way to it."""

    def start(self, order: SessionOrder) -> str:
        """Start a session; its id.

        Raises:
            UnknownCodeunitError, SessionError: it is not accepted.
        """
        ...

    def stop_session(self, session_id: str, comment: str = "") -> bool:
        """End a session at once; False for one that has ended or never was."""
        ...

    def is_session_active(self, session_id: str) -> bool:
        """Whether a session waits or runs."""
        ...


def reference_of(record: RecordReference | None) -> tuple[str, str]:
    """Table and key of a record, both empty for None.

    Raises:
        TypeError: it is neither a record nor two texts.
    """
    if record is None:
        return "", ""
    if isinstance(record, Record):
        return record.table(), record.key_text()
    if not isinstance(record, tuple) or len(record) != 2 or not all(isinstance(part, str) for part in record):
        raise TypeError(f"a record is handed over as itself, or by table and key; not as {record!r}")
    return record


def seconds_of(timeout: float | timedelta | None) -> float:
    """A time-out in seconds; None is the default of 8 hours.

    Raises:
        ValueError: it is not longer than nothing.
    """
    if timeout is None:
        return DEFAULT_TIMEOUT_SECONDS
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else float(timeout)
    if not seconds > 0:
        raise ValueError(f"a time-out is longer than nothing; not {timeout!r}")
    return seconds
