"""A report of an extension: found by its name, made as any other, and refused when it takes another's number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.errors import UnknownCodeunitError
from desktop.extensions.loader import forget_extensions, loaded_extensions
from desktop.reports import registry
from models.report_inbox import inbox_of
from tests.reports.conftest import order, run_next
from tests.scheduler.conftest import MovableClock

SOURCE = """
from desktop.extensions.extension import Extension
from desktop.reports.document import Column, ColumnKind, Content
from desktop.reports.registry import Report

extension = Extension(
    name="Countries",
    reports=(Report({number}, "countries", "Countries", "All countries.", "countries:content"),),
)


def content(session, values):
    rows = [("Denmark", 1), ("Norway", 2)]
    return Content((Column("Name"), Column("Place", ColumnKind.COUNT)), rows, len(rows), "countries")
"""


def test_it_is_made_as_any_other_report(
    moving: MovableClock, put_extension: Callable[[str, str], Path]
) -> None:
    put_extension("countries", SOURCE.format(number=50_200))
    assert "countries" in [report.name for report in registry.all_reports()]
    order("countries", "PDF", {}, moving)
    run_next(moving)
    (row,) = inbox_of("MARIA")
    assert row.file_name.startswith("Countries ")


def test_it_goes_with_its_extension(put_extension: Callable[[str, str], Path]) -> None:
    path = put_extension("countries", SOURCE.format(number=50_200))
    assert registry.find("countries").number == 50_200
    path.unlink()
    forget_extensions()
    with pytest.raises(UnknownCodeunitError):
        registry.find("countries")


@pytest.mark.parametrize("number", [101, 7])
def test_a_number_of_backdesks_own_is_refused(put_extension: Callable[[str, str], Path], number: int) -> None:
    put_extension("countries", SOURCE.format(number=number))
    (loaded,) = loaded_extensions()
    assert f"has the number {number}" in loaded.error
