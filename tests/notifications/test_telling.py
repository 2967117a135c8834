"""Who is told of a job's end, how loudly, and how often."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.jobqueue import entries
from desktop.notifications import mail, notifications
from desktop.notifications.kinds import KINDS, NotificationKind
from desktop.notifications.preferences import (
    EVERYBODY,
    choose,
    forget_choice,
    preference_of,
    preferences_of,
)
from desktop.notifications.telling import recipients, tell_administrators
from models.company import User
from models.database import connected, database
from models.errors import FieldError
from models.job_queue import JobQueueEntry, Notification
from models.messages import MailMessage
from models.permissions import UserPermissionSet
from tests.jobqueue.conftest import run_all
from tests.scheduler.conftest import MovableClock, entry_of

FAILED = NotificationKind.JOB_FAILED
FINISHED = NotificationKind.JOB_FINISHED


def fail(moving: MovableClock, user: str = "ANNA", **options: object) -> str:
    job = entries.create_entry("Nightly", "fails", user_id=user, clock=moving.clock, **options)  # type: ignore[arg-type]
    run_all(moving)
    return job


def fail_again(job: str, moving: MovableClock) -> None:
    from desktop.jobqueue import actions

    actions.restart(job, clock=moving.clock)
    run_all(moving)


def told() -> list[Notification]:
    with connected():
        return list(Notification.select().order_by(Notification.id))


def test_owner_run_as_user_and_administrators_are_told_once_each(company: Path, moving: MovableClock) -> None:
    with connected(), database.atomic():
        for user, permission_set in (("BOSS", "SUPER"), ("ANNA", "SUPER"), ("BERT", "SUPER")):
            User.insert(user_id=user).execute()
            UserPermissionSet.insert(user_id=user, set_code=permission_set).execute()
    job = fail(moving, "ANNA", run_as_user_id="BERT")
    assert sorted(row.user_id for row in told()) == ["ANNA", "BERT", "BOSS"]
    with connected():
        entry = JobQueueEntry.get_by_id(job)
    assert recipients(FINISHED, entry) == ["ANNA", "BERT"], "a good end is nothing for administrators"


def test_further_failures_of_a_job_are_counted_and_not_told_anew(company: Path, moving: MovableClock) -> None:
    job = fail(moving)
    for _ in range(5):
        moving.forward(60)
        fail_again(job, moving)
    (row,) = told()
    assert (row.repeats, row.kind, row.source) == (5, FAILED.value, job)


def test_another_job_or_another_hour_is_told_anew_and_so_is_what_was_read(
    company: Path, moving: MovableClock
) -> None:
    first = fail(moving)
    fail(moving)
    assert len(told()) == 2
    moving.forward(3_601)
    fail_again(first, moving)
    assert len(told()) == 3
    notifications.mark_all_read("ANNA", clock=moving.clock)
    fail_again(first, moving)
    assert len(told()) == 4


def test_good_ends_are_each_told(company: Path, moving: MovableClock) -> None:
    for _ in range(3):
        entries.create_entry("Small", "noop", user_id="ANNA", clock=moving.clock)
    run_all(moving)
    assert [row.repeats for row in told()] == [0, 0, 0]


def test_who_does_not_want_to_know_is_not_told(company: Path, moving: MovableClock) -> None:
    choose("ANNA", FAILED, enabled=False)
    fail(moving)
    assert told() == []
    fail(moving, "BERT")
    assert [row.user_id for row in told()] == ["BERT"]
    forget_choice("ANNA", FAILED)
    fail(moving)
    assert [row.user_id for row in told()] == ["BERT", "ANNA"]


def test_below_a_threshold_only_the_bell_knows(company: Path, moving: MovableClock) -> None:
    choose("ANNA", FAILED, threshold=3)
    for _ in range(4):
        fail(moving)
    assert [(row.banner, row.operating_system) for row in told()] == [
        (False, False),
        (False, False),
        (True, True),
        (True, True),
    ]


def test_ones_own_choice_goes_before_the_companys_and_that_before_what_is_usual(company: Path) -> None:
    assert preference_of("ANNA", FAILED).email is False
    choose(EVERYBODY, FAILED, email=True, threshold=2)
    assert (preference_of("ANNA", FAILED).email, preference_of("ANNA", FAILED).is_own) == (True, False)
    choose("ANNA", FAILED, email=False)
    mine = preference_of("ANNA", FAILED)
    assert (mine.email, mine.threshold, mine.is_own) == (False, 2, True)
    assert preference_of("BERT", FAILED).email is True
    assert [one.kind for one in preferences_of("ANNA")] == list(KINDS)
    assert forget_choice("ANNA", FAILED).email is True


def test_a_threshold_that_makes_no_sense_is_refused(company: Path) -> None:
    with pytest.raises(FieldError, match="cannot be 0"):
        choose("ANNA", FAILED, threshold=0)
    assert not preference_of("ANNA", FAILED).is_own


def test_mail_goes_to_who_wants_it_and_has_an_address(company: Path, moving: MovableClock) -> None:
    with connected(), database.atomic():
        User.insert(user_id="ANNA", email="anna@example.com").execute()
        User.insert(user_id="BERT", email="").execute()
    choose(EVERYBODY, FAILED, email=True)
    fail(moving, "ANNA")
    with connected():
        assert MailMessage.select().count() == 0, "nobody has set up a server"
    mail.save_setup(
        enabled=True, host="localhost", port=1, security="None", login="", sender="backdesk@example.com"
    )
    job = entries.create_entry("Nightly", "fails", user_id="ANNA", run_as_user_id="BERT", clock=moving.clock)
    run_all(moving)
    with connected():
        (message,) = MailMessage.select()
    assert (message.recipient, message.subject) == ("anna@example.com", "“Nightly” ended with an error.")
    assert "the flux is too low" in message.body
    assert "My Notifications" in message.body
    assert entry_of(job).status == "Error", "a server that cannot be reached changes nothing for the job"


def test_one_job_that_fails_again_and_again_reaches_a_threshold_too(
    company: Path, moving: MovableClock
) -> None:
    choose("ANNA", FAILED, threshold=3)
    job = fail(moving)
    for _ in range(4):
        moving.forward(60)
        fail_again(job, moving)
    assert [(row.banner, row.repeats) for row in told()] == [(False, 1), (True, 2)]


def test_what_went_wrong_with_nobodys_job_is_for_everybody(company: Path, moving: MovableClock) -> None:
    fail(moving, "")
    assert [row.user_id for row in told()] == [EVERYBODY]


def test_mail_that_cannot_be_sent_is_not_told_by_mail(company: Path, moving: MovableClock) -> None:
    with connected(), database.atomic():
        User.insert(user_id="BOSS", email="boss@example.com").execute()
        UserPermissionSet.insert(user_id="BOSS", set_code="SUPER").execute()
    mail.save_setup(enabled=True, host="localhost", port=1, security="None", login="", sender="a@b.c")
    choose(EVERYBODY, NotificationKind.MAIL_FAILED, email=True)
    tell_administrators(NotificationKind.MAIL_FAILED, title="No mail", source="mail", clock=moving.clock)
    assert [row.user_id for row in told()] == ["BOSS"]
    with connected():
        assert MailMessage.select().count() == 0
