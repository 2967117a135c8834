"""The card of an import counts its rows once more: an answer at once, or a job where that takes long."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.imports import service
from desktop.imports.afterwards.reconciliation import keep_totals
from desktop.imports.processing import process
from models.database import connected, database
from models.integration import Integration
from models.integration_record import ImportRun
from tests.imports import due_jobs
from tests.ui.imports.conftest import new_session
from tests.ui.imports.shown_runs import ShownRuns
from ui.import_results import run_work


def test_the_card_counts_once_more_and_says_that_every_row_is_accounted_for(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    page = shown_runs.card(staged(processed=True))
    assert page.strip.words.text() == "Every row is accounted for."
    assert page.banners.keys == []


def test_a_run_that_does_not_add_up_says_so_loudly(shown_runs: ShownRuns, staged: Callable[..., int]) -> None:
    run_id = staged(processed=True)
    with connected(), database.atomic():
        database.execute_sql("UPDATE import_run SET created = created + 1, errors = errors - 1")
    page = shown_runs.card(run_id)
    assert page.strip.words.text().startswith(
        "This import does not add up. Rows created: 4 expected, 3 found."
    )
    assert page.banners.keys == ["differs"]
    with connected(), database.atomic():
        database.execute_sql("UPDATE import_run SET created = created - 1, errors = errors + 1")
    page.strip.count_button.click()
    shown_runs.settle()
    assert page.strip.words.text() == "Every row is accounted for."
    assert page.banners.keys == []


def test_the_control_total_stands_beside_the_counts(
    shown_runs: ShownRuns, staged: Callable[..., int]
) -> None:
    run_id = staged(processed=True)
    with connected():
        ImportRun.update(
            control_file=Decimal("1500.5"), control_staged=Decimal(1000), control_target=Decimal(1000)
        ).execute()
    page = shown_runs.card(run_id)
    assert page.strip.total.text().endswith(
        "1,500.50 in the file, 1,000.00 in the rows that became records, 1,000.00 in these records"
    )


def test_a_control_total_over_many_rows_is_counted_again_by_a_job_alone(
    shown_runs: ShownRuns, company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected():
        Integration.update(control_field="credit_limit").where(Integration.code == "CUSTOMERS").execute()
    file = tmp_path / "limits.csv"
    file.write_text("No.,Name,Credit Limit\n" + "".join(f"C{no},Name,{no}\n" for no in range(1, 6)))
    run_id = service.read(file, "CUSTOMERS", new_session())
    process(new_session(), run_id)
    keep_totals(run_id)
    with connected():
        database.execute_sql(
            'UPDATE integration_record SET payload = \'["C5","Name","6"]\' WHERE line_no = 6'
        )

    monkeypatch.setattr(run_work, "COUNTED_AT_ONCE", 4)
    page = shown_runs.card(run_id)
    assert page.strip.words.text() == "The counts add up; Count again looks at every row once more."
    page.strip.count_button.click()
    shown_runs.settle()
    assert page.strip.words.text() == "The rows are being counted by a job; its log entry has the answer."
    assert page.banners.keys == [], "nobody has added up the rows yet"
    [job] = due_jobs.run_all()
    assert job.description == "Count the import of limits.csv"
    assert job.result_text == "Total of the file and of all staged rows: 15.00 expected, 16.00 found."

    monkeypatch.setattr(run_work, "COUNTED_AT_ONCE", 5)
    page.strip.count_button.click()
    shown_runs.settle()
    assert page.banners.keys == ["differs"], "as many as that are counted at once"
