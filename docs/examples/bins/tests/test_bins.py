"""A file of bins on its way into the table, and what follows."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from backdesk_bins import extension
from backdesk_bins.warehouse_bin import WarehouseBin

from desktop.extensions import Extension
from desktop.imports.summary import ImportSummary
from models.database import connected
from models.integration import Integration, IntegrationField
from models.item import Item
from models.post_process_entry import PostProcessEntry

pytest_plugins = ["desktop.pytest_plugin"]

ImportFile = Callable[..., ImportSummary]


@pytest.fixture
def job_extensions() -> Sequence[Extension]:
    return (extension,)


@pytest.fixture(autouse=True)
def integration(import_file: ImportFile) -> None:
    with connected():
        Item.create(no="ROPE", description="Rope")
        Integration.create(
            code="BINS",
            target_table="warehouse_bin",
            match_field="code",
            post_processing_codeunit="open_bins",
        )
        for number, (column, field) in enumerate(
            (("Bin", "code"), ("Zone", "zone"), ("Item", "item_no"), ("Size", "capacity")), 1
        ):
            IntegrationField.create(
                integration_code="BINS", field_no=number, source_column=column, target_field=field
            )


def test_bins_are_created_and_those_with_an_item_are_opened(tmp_path: Path, import_file: ImportFile) -> None:
    file = tmp_path / "bins.csv"
    file.write_text("Bin,Zone,Item,Size\na1,Cold,rope,5\na2,Cold,,5\na3,Cold,HAMMER,5\n")
    counts = import_file(file, "BINS")
    assert counts.text == "2 records created, 1 error"
    with connected():
        assert {row.code: row.status for row in WarehouseBin.select()} == {"A1": "Open", "A2": "New"}
        refused = PostProcessEntry.get(PostProcessEntry.status == "Error")
    assert (refused.record_key, refused.error_message) == (
        "A2", "Bin A2 has no item or no capacity, so that it stays closed.",
    )  # fmt: skip


def test_the_same_file_again_changes_nothing(tmp_path: Path, import_file: ImportFile) -> None:
    file = tmp_path / "bins.csv"
    file.write_text("Bin,Item,Size\nA1,ROPE,5\n")
    import_file(file, "BINS")
    assert import_file(file, "BINS").unchanged == 1
