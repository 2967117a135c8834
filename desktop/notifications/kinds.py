"""The kinds of events that people are told of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class NotificationKind(StrEnum):
    """What has happened."""

    JOB_FINISHED = "Job finished"
    JOB_FAILED = "Job failed"
    SCHEDULE_STOPPED = "Schedule stopped"
    JOB_CANCELLED = "Job cancelled"
    JOB_EXPIRED = "Job expired"
    REPORT_READY = "Report ready"
    MAIL_FAILED = "E-mail failed"


@dataclass(frozen=True, slots=True)
class KindInfo:
    """What people read about a kind, and how they are told of it as long as nobody has set it up.

    Attributes:
        description: a sentence.
        administrators: whether those who look after the job queue are told too.
        banner, operating_system, email: the ways.
        can_email: False where mail cannot be the way, because it is what has failed.
    """

    description: str
    administrators: bool = False
    banner: bool = True
    operating_system: bool = True
    email: bool = False
    can_email: bool = True


KINDS: Final[dict[NotificationKind, KindInfo]] = {
    NotificationKind.JOB_FINISHED: KindInfo("A job has ended well, with or without something to look at."),
    NotificationKind.JOB_FAILED: KindInfo(
        "A run has failed, and its retries are used up.", administrators=True
    ),
    NotificationKind.SCHEDULE_STOPPED: KindInfo(
        "A recurring job was stopped after several failed runs in a row.", administrators=True
    ),
    NotificationKind.JOB_CANCELLED: KindInfo("A job was cancelled."),
    NotificationKind.JOB_EXPIRED: KindInfo(
        "The time of a job was over before it could run.", administrators=True
    ),
    NotificationKind.REPORT_READY: KindInfo("A document that you have ordered is in the Report Inbox."),
    NotificationKind.MAIL_FAILED: KindInfo(
        "A message could not be sent, however often it was tried.", administrators=True, can_email=False
    ),
}
