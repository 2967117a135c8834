"""The engine's errors for people; the records' own are in `models.errors`."""

from __future__ import annotations

from types import MappingProxyType

from models.errors import BackdeskError, Cure


class UsageError(BackdeskError):
    """The command line was used wrongly; exit code 2."""

    code = "Usage"


class SourceError(BackdeskError):
    """A file cannot be read as what it is meant to be.

    Codes: NotFound, IsAFolder, NoPermission, CannotRead, Changed, Empty, NotWhatItSays, UnknownEncoding,
    WrongEncoding, UnclosedQuote, TooLong, Password, BrokenWorkbook, BrokenJson, NoSheet, NoIntegration, NoLines,
    MissingColumn, OtherFormat, WrongColumns, TooWide, TooLarge, TooDeep, DiskFull.

    The file itself does not change by being read again; what passes is only about reaching it, e.g. that another
    program still writes it.
    """

    code = "Source"
    cure = Cure.PERSON
    CURES = MappingProxyType(
        dict.fromkeys(("NotFound", "NoPermission", "CannotRead", "Changed", "DiskFull"), Cure.TIME)
    )


class SettingsError(BackdeskError):
    """The person's settings cannot be read or written."""

    code = "Settings"


class CallbackNotAllowedError(BackdeskError):
    """Code without a screen asked for a dialog or a page, or a callback of a page opened one.

    Attributes:
        call: what was called, e.g. "Confirm".
    """

    code = "CallbackNotAllowed"
    cure = Cure.PERSON

    def __init__(self, text: str, hint: str = "", *, call: str = "") -> None:
        super().__init__(text, hint)
        self.call = call


class TaskTimeoutError(BackdeskError):
    """A page background task ran longer than it may."""

    code = "ChildSessionTaskTimeout"

    def __init__(self) -> None:
        super().__init__("Child Session task was terminated because of a timeout.")


class TooManyTasksError(BackdeskError):
    """The page session has as many tasks waiting as it may have."""

    code = "TooManyTasks"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} page background tasks wait already; no more are accepted.",
            "Close a page, or raise the limit in the settings.",
        )


class TrialFailureError(BackdeskError):
    """A session that the developer settings let fail."""

    code = "TrialFailure"

    def __init__(self) -> None:
        super().__init__(
            "This session failed on purpose, because the developer settings say so.",
            "Switch it off in My Settings, under Developer.",
        )


class TaskCancelledError(BaseException):
    """Raised inside a codeunit when its session was told to stop; not an Exception, so nothing swallows it."""


class PassingError(BackdeskError):
    """Raised by a codeunit for what passes by itself, e.g. a file share that is away: it is tried again, with growing
    waits, and does not count as an attempt.
    """

    code = "Passing"
    cure = Cure.TIME


class LastingError(BackdeskError):
    """Raised by a codeunit for what stays until somebody changes something, e.g. that a record is gone on which it is
    to work: it is not tried again.
    """

    code = "Lasting"
    cure = Cure.PERSON


class TransitionError(BackdeskError):
    """A job queue entry is not in a state that allows what was asked."""

    code = "Transition"


class UnknownCodeunitError(BackdeskError):
    """No codeunit of that name or number is registered, or its code cannot be loaded (code CannotLoad)."""

    code = "UnknownCodeunit"
    cure = Cure.PERSON


class ExtensionError(BackdeskError):
    """An extension cannot be used; it is switched off as a whole."""

    code = "Extension"
    cure = Cure.PERSON


class ReplacedError(BackdeskError):
    """Another worker has taken the task over; whoever gets this must not write anything more."""

    code = "Replaced"

    def __init__(self) -> None:
        super().__init__("Another worker has taken this task over, because this one did not answer in time.")


class ParameterError(BackdeskError):
    """A parameter of a job is missing, or is no value of the type that its codeunit needs."""

    code = "Parameter"
    cure = Cure.PERSON


class SessionError(BackdeskError):
    """A background session cannot be started or stopped, or its code uses it as it cannot be used.

    Codes: TooManySessions, TooDeep, StopsItself, ReadsOnly, NoHost, Closing, CheckpointTooLong, ChunkLeftOut,
    NoTasks.
    """

    code = "Session"
    cure = Cure.PERSON
    CURES = MappingProxyType({"TooManySessions": Cure.RETRY, "Closing": Cure.TIME})
