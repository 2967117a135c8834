"""What telemetry is told of an import's life."""

from __future__ import annotations

from typing import Any

from desktop.imports import dry_run, service
from desktop.imports.afterwards.undo import start_undo
from models.database import connected
from models.integration import Integration
from tests.imports import due_jobs
from tests.telemetry.conftest import noted

__all__ = ["noted"]


def test_reading_trying_processing_post_processing_and_undoing_are_told_once_each(
    importer: Any, write: Any, session: Any, noted: list[dict[str, Any]]
) -> None:
    with connected():
        Integration.update(post_processing_codeunit="recalculate_balances").where(
            Integration.code == "CUSTOMERS"
        ).execute()
    run_id = importer.read(write("No.,Name\nC1,Miller\nC2,\n"))
    dry_run.dry_run(session(), run_id)
    service.start_processing(run_id, "ANNA")
    due_jobs.run_all()
    start_undo(run_id, "ANNA")
    due_jobs.run_all()
    told = {event["event"]: event for event in noted if event["event"].startswith("import")}
    assert [event["event"] for event in noted if event["event"].startswith("import")] == [
        "import read",
        "import tried",
        "import processed",
        "import post-processed",
        "import undone",
    ]
    for event in told.values():
        assert (event["run_id"], event["integration"], event["file_name"], event["user_id"]) == (
            run_id,
            "CUSTOMERS",
            "customers.csv",
            "ANNA",
        )
    assert (told["import read"]["rows"], told["import read"]["source"]) == (2, "Manual")
    for name in ("import tried", "import processed"):
        assert (told[name]["created"], told[name]["errors"], told[name]["left"]) == (1, 1, 0)
    assert (told["import post-processed"]["completed"], told["import post-processed"]["errors"]) == (1, 0)
    undone = told["import undone"]
    assert (undone["reversed"], undone["kept"], undone["failed"]) == (1, 0, 0)
