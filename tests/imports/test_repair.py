"""What failed is mended and sent through again, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.imports.mending import moves, repair
from models.customer import Customer
from models.database import connected
from models.errors import BackdeskError
from models.import_rows import RecordDetail, record_detail
from models.integration import IntegrationValueMap
from models.integration_record import RecordStatus, RunState
from models.lookups import Country

TEXT = "No.,Name,Country\nC1,A,XX\nC2,B,DE\nC3,,YY\nC4,D,XX\nC5,E,FR\n"


@pytest.fixture
def failed(importer: Any, write: Any) -> int:
    """A run with three errors of four causes."""
    run_id: int = importer.read(write(TEXT))
    assert importer.process(run_id).errors == 3
    return run_id


def staged_row(record_id: int) -> RecordDetail:
    with connected():
        row = record_detail(record_id)
    assert row is not None
    return row


def attempts(query: Any, run_id: int) -> list[int]:
    return [
        row[0]
        for row in query(
            "SELECT attempts FROM integration_record_status WHERE run_id = ? ORDER BY record_id", run_id
        )
    ]


def test_errors_are_grouped_by_cause(failed: int) -> None:
    groups = repair.error_groups(failed)
    assert [(group.caption, group.code, group.value, group.count) for group in groups] == [
        ("Country/Region Code", "NotFound", "XX", 2),
        ("Country/Region Code", "NotFound", "YY", 1),
        ("Name", "Required", "", 1),
    ]
    assert groups[0].message == "There is no Country/Region “XX”."


def test_one_created_country_heals_all_records_of_its_cause(
    failed: int, importer: Any, query: Any, add_up: Any
) -> None:
    with connected():
        Country(code="XX", name="Xland").save(force_insert=True)
    group = repair.error_groups(failed)[0]
    of_it = repair.records_with(failed, group.target_field, group.value, group.code)
    assert repair.retry(failed, of_it) == 2
    counts = add_up(failed)
    assert (counts.ready, counts.errors, counts.state) == (2, 1, RunState.READY)
    counts = importer.process(failed)
    assert (counts.created, counts.errors) == (4, 1)
    assert attempts(query, failed) == [2, 1, 1, 2, 1]
    add_up(failed)


def test_retry_without_a_fix_fails_again_and_touches_no_other_record(
    failed: int, importer: Any, query: Any, add_up: Any
) -> None:
    before = query("SELECT * FROM customer ORDER BY no")
    assert repair.retry(failed) == 3
    assert importer.process(failed).errors == 3
    assert query("SELECT * FROM customer ORDER BY no") == before
    assert attempts(query, failed) == [2, 1, 2, 2, 1]
    assert len(importer.errors(failed)) == 4
    add_up(failed)


def test_a_value_map_heals_its_cause_in_this_run_and_in_the_next_file(
    failed: int, importer: Any, write: Any, add_up: Any
) -> None:
    assert repair.map_value(failed, "country_code", "XX", "AT") == 2
    assert importer.process(failed).created == 4
    add_up(failed)
    assert importer(write("No.,Name,Country\nC9,Z,XX\n")).created == 1
    with connected():
        assert Customer.get_by_id("C9").country_code == "AT"
        assert (
            IntegrationValueMap.select().where(IntegrationValueMap.integration_code == "CUSTOMERS").count()
            == 1
        )
    assert repair.map_value(failed, "country_code", "XX", "CH") == 0


def test_a_row_is_edited_and_the_row_of_the_file_kept(
    failed: int, importer: Any, query: Any, add_up: Any
) -> None:
    third = importer.record_ids(failed)[2]
    repair.edit_record(third, ["C3", "Carol", "DE"])
    row = staged_row(third)
    assert (row.status, row.cells, row.edited) == (RecordStatus.ERROR, ["C3", "Carol", "DE"], True)
    assert importer.staged(failed)[2] == (4, ["C3", "", "YY"])
    assert repair.retry(failed, [third]) == 1
    assert importer.process(failed).created == 3
    assert attempts(query, failed) == [1, 1, 2, 1, 1]
    add_up(failed)
    with pytest.raises(BackdeskError, match="Row 4 has become a record already"):
        repair.edit_record(third, ["C3", "Other", "DE"])


def test_joining_two_cells_heals_a_comma_without_quotes(
    importer: Any, shared_file: Callable[[str], Path], add_up: Any
) -> None:
    run_id = importer.read(shared_file("northwind/customers.csv"), "NORTHWIND-CUSTOMERS")
    importer.process(run_id)
    with connected():
        ids = [record_id for record_id in importer.record_ids(run_id) if staged_row(record_id).errors]
    assert len(ids) == 24
    for record_id in ids:
        assert len(repair.merge_cells(record_id, 4)) == 11
    assert repair.retry(run_id) == 24
    assert importer.process(run_id).text == "91 records created"
    add_up(run_id)
    with connected():
        assert Customer.get_by_id("BLONP").address == "24, place Kléber"


def test_a_cell_that_is_not_there_cannot_be_joined(failed: int, importer: Any) -> None:
    first = importer.record_ids(failed)[0]
    for index in (-1, 2, 9):
        with pytest.raises(BackdeskError) as refused:
            repair.merge_cells(first, index)
        assert refused.value.code == "NoSuchCell"


def test_rows_are_left_out_and_taken_in_again(failed: int, importer: Any, query: Any, add_up: Any) -> None:
    ids = importer.record_ids(failed)
    assert repair.exclude(ids) == 3
    counts = add_up(failed)
    assert (counts.excluded, counts.errors, counts.created) == (3, 0, 2)
    assert counts.state == RunState.COMPLETED
    assert repair.retry(failed) == 0
    assert repair.include(ids[:3]) == 2
    counts = add_up(failed)
    assert (counts.ready, counts.excluded, counts.state) == (2, 1, RunState.READY)
    assert importer.process(failed).errors == 2
    add_up(failed)


def test_leaving_out_the_last_ready_row_completes_the_import(importer: Any, write: Any, add_up: Any) -> None:
    run_id = importer.read(write(TEXT))
    assert repair.exclude(importer.record_ids(run_id)) == 5
    assert add_up(run_id).state == RunState.COMPLETED


def test_what_is_not_there_is_told(company: Path) -> None:
    for ask in (
        lambda: repair.edit_record(7, []),
        lambda: repair.error_groups(7),
        lambda: repair.retry(7),
        lambda: repair.map_value(7, "city", "a", "b"),
    ):
        with pytest.raises(BackdeskError) as refused:
            ask()
        assert refused.value.code == "NotFound"


def test_all_rows_are_moved_a_few_at_a_time_and_the_counts_add_up_after_each(
    importer: Any, write: Any, monkeypatch: pytest.MonkeyPatch, add_up: Any
) -> None:
    monkeypatch.setattr(moves, "_AT_ONCE", 3)
    together = moves._move_together
    portions: list[int] = []

    def watched(*which: Any) -> int:
        portions.append(together(*which))
        add_up(run_id)
        return portions[-1]

    other = importer.read(write("No.,Name\nD1,Other\n"))
    run_id = importer.read(write("No.,Name\n" + "".join(f"C{number},N\n" for number in range(10))))
    monkeypatch.setattr(moves, "_move_together", watched)
    assert repair.exclude_all(run_id, [RecordStatus.READY]) == 10
    assert portions == [3, 3, 3, 1]
    assert repair.include_all(run_id) == 10
    assert (add_up(run_id).ready, add_up(other).ready) == (10, 1)
