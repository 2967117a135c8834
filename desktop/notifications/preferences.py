"""How a person is told of each kind of event: their own choice, else the company's, else what is usual."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from desktop.notifications.kinds import KINDS, NotificationKind
from desktop.sessions import permissions
from models import changes
from models.database import connected, database
from models.enforcement import as_system
from models.errors import FieldError, RightMissingError
from models.messages import NotificationSetting

EVERYBODY: Final = ""  # the company's own choice, for whoever has made none
MOST_THRESHOLD: Final = 1_000
_CHOSEN: Final = f"""
    SELECT enabled, banner, operating_system, email, threshold, user_id FROM {NotificationSetting.table()}
    WHERE kind = ? AND user_id IN (?, ?) ORDER BY user_id = ? DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Preference:
    """One person's choice for one kind.

    Attributes:
        enabled: False tells nothing at all, not even in the bell.
        banner, operating_system, email: the ways beside the bell.
        threshold: told from the so-manieth event on that has not been read; 1 is at once.
        is_own: the person has chosen; False for what they have from the company, or what is usual.
    """

    kind: NotificationKind
    enabled: bool = True
    banner: bool = True
    operating_system: bool = True
    email: bool = False
    threshold: int = 1
    is_own: bool = False


def preference_of(user_id: str, kind: NotificationKind) -> Preference:
    """How a person is told of a kind."""
    with connected(), as_system():
        # Asked for each person and event, inside the transaction in which a job ends.
        row = database.execute_sql(_CHOSEN, (kind.value, user_id, EVERYBODY, user_id)).fetchone()
    if row is None:
        return _usual(kind)
    enabled, banner, system, email, threshold, whose = row
    return Preference(
        kind, bool(enabled), bool(banner), bool(system), bool(email), threshold, whose == user_id
    )


def preferences_of(user_id: str) -> list[Preference]:
    """How a person is told of every kind, in the order of the kinds."""
    with connected():
        return [preference_of(user_id, kind) for kind in NotificationKind]


def check_may_choose(user_id: str, whose: str) -> None:
    """See that a person may change these choices.

    Args:
        whose: a user's, or EVERYBODY.
    Raises:
        RightMissingError: they are not theirs, and the person does not look after the job queue.
    """
    admins = permissions.job_queue_admins()
    if whose != user_id and admins and user_id not in admins:
        raise RightMissingError(user_id, "the notification settings of others", permissions.Right.MODIFY)


def choose(user_id: str, kind: NotificationKind, **values: Any) -> Preference:
    """Change how a person is told of a kind; what is not named stays.

    Args:
        user_id: EVERYBODY for the company's choice.
        values: enabled, banner, operating_system, email, threshold.
    Returns:
        The preference as it is now.
    Raises:
        FieldError: the threshold is none.
    """
    with connected(), as_system(), database.atomic():
        new = replace(preference_of(user_id, kind), **values, is_own=True)
        if not 1 <= new.threshold <= MOST_THRESHOLD:
            raise FieldError(
                f"The threshold cannot be {new.threshold:,}.",
                f"It is at least 1 and at most {MOST_THRESHOLD:,}.",
                "OutOfRange",
            )
        columns = {
            name: getattr(new, name)
            for name in ("enabled", "banner", "operating_system", "email", "threshold")
        }
        NotificationSetting.insert(user_id=user_id, kind=kind.value, **columns).on_conflict(
            conflict_target=[NotificationSetting.user_id, NotificationSetting.kind], update=columns
        ).execute()
        changes.touch(NotificationSetting.table())
    return new


def forget_choice(user_id: str, kind: NotificationKind) -> Preference:
    """Go back to the company's choice, or to what is usual; that is how it is now."""
    with connected(), as_system(), database.atomic():
        NotificationSetting.delete().where(
            NotificationSetting.user_id == user_id, NotificationSetting.kind == kind.value
        ).execute()
        changes.touch(NotificationSetting.table())
        return preference_of(user_id, kind)


def _usual(kind: NotificationKind) -> Preference:
    info = KINDS[kind]
    return Preference(kind, banner=info.banner, operating_system=info.operating_system, email=info.email)
