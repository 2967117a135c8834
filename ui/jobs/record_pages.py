"""The page on which a person sees what a job works on."""

from __future__ import annotations

from models.job_lists import JobRow
from ui.jobs.wording import is_import
from ui.navigation import PAGES

RECORDS_PAGE = "integration_records"


def record_page(row: JobRow) -> tuple[str, dict[str, object]]:
    """The page of an entry's record and what it takes; an empty name when there is none."""
    if not row.record_table or not row.record_id:
        return "", {}
    if is_import(row):
        return RECORDS_PAGE, {"run_id": int(row.record_id)}
    page = f"{row.record_table}_card"
    return (page, {"key": row.record_id}) if page in PAGES else ("", {})
