"""What people are told of post-processing, and what a dry run tells them before."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.imports import dry_run, processing, service
from desktop.imports.afterwards import post_processing
from desktop.sessions import permissions
from models.errors import BackdeskError
from models.integration import PostProcessingTrigger
from tests.imports import due_jobs
from tests.imports.greeting import CUSTOMERS, contacts, entry_rows


def test_a_user_who_may_not_run_the_codeunit_is_told_and_nothing_is_taken(
    post_processed: Any, importer: Any, write: Any, session: Any, query: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_processed("greet", PostProcessingTrigger.AFTER_PROCESSING)
    run_id = importer.read(write(CUSTOMERS + "C1,Miller\n"))
    importer.process(run_id)

    def refuse(user_id: str, codeunit: str, *_rest: object) -> None:
        raise BackdeskError(f"{user_id} may not run {codeunit}.", code="PermissionDenied")

    monkeypatch.setattr(permissions, "check_may_run", refuse)
    with pytest.raises(BackdeskError, match="ANNA may not run greet"):
        post_processing.post_process(session(), run_id)
    assert [row[2] for row in entry_rows(query)] == ["Ready"]


def test_people_are_told_as_the_integration_says(
    post_processed: Any, importer: Any, write: Any, query: Any
) -> None:
    post_processed("", PostProcessingTrigger.AFTER_PROCESSING, notify_success=False, notify_errors=True)
    for text in ("C1,Miller\n", "C2,Smith\nC3,\n"):
        service.start_processing(importer.read(write(CUSTOMERS + text)), "ANNA")
    due_jobs.run_all()
    post_processed("", PostProcessingTrigger.AFTER_PROCESSING, notify_success=True, notify_errors=False)
    for text in ("C4,Miller\n", "C5,\n"):
        service.start_processing(importer.read(write(CUSTOMERS + text)), "ANNA")
    due_jobs.run_all()
    assert query("SELECT title FROM notification ORDER BY id") == [
        ("Import complete: 1 record created, 1 error",),
        ("Import complete: 1 record created",),
    ]


def test_an_import_that_stops_at_its_errors_says_so(
    post_processed: Any, importer: Any, write: Any, query: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST_CHUNK", "SMALLEST_CHUNK", "LARGEST_CHUNK"):
        monkeypatch.setattr(processing, name, 2)
    post_processed(
        "greet",
        PostProcessingTrigger.AFTER_PROCESSING,
        error_policy="Stop at Number",
        error_limit=1,
        notify_success=False,
    )
    run_id = importer.read(write(CUSTOMERS + "C1,Miller\nC2,\nC3,Smith\n"))
    service.start_processing(run_id, "ANNA")
    due_jobs.run_all()
    assert query("SELECT title, severity FROM notification") == [
        (
            "Import and post-processing stopped at its limit of errors: 1 record created, 1 error,"
            " 1 not yet processed, 1 greeted",
            "warn",
        )
    ]
    assert contacts(query) == {"C1": "Dear Miller"}


def test_a_dry_run_tells_what_post_processing_would_do(
    post_processed: Any, importer: Any, write: Any, query: Any, session: Any
) -> None:
    post_processed("greet", PostProcessingTrigger.JOB_QUEUE)
    run_id = importer.read(write(CUSTOMERS + "C1,Miller\nC2,Nobody\n"))
    found = dry_run.dry_run(session(), run_id)
    assert (found.created, found.post_processed, found.post_failed) == (2, 1, 1)
    assert found.text == "2 would be created, 1 could not be post-processed"
    assert [(cause.caption, cause.code, cause.count) for cause in found.causes] == [
        ("Post-processing", "Unwanted", 1)
    ]
    assert entry_rows(query) == []
    assert query("SELECT COUNT(*) FROM job_queue_entry WHERE codeunit = 'post_process_import'") == [(0,)]


def test_a_dry_run_shows_a_record_once_with_all_that_would_change(
    post_processed: Any, importer: Any, write: Any, query: Any, session: Any
) -> None:
    importer(write(CUSTOMERS + "C1,Miller\n"))
    post_processed("greet", PostProcessingTrigger.AFTER_PROCESSING)
    run_id = importer.read(write(CUSTOMERS + "C1,Muller\n"))
    [change] = dry_run.dry_run(session(), run_id).changes
    assert [(field.caption, field.old, field.new) for field in change.fields] == [
        ("Name", "Miller", "Muller"),
        ("Contact", "", "Dear Muller"),
    ]
