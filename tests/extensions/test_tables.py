"""Tables that extensions bring: made in the company that is opened, and filled by integrations as any other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from desktop.extensions.loader import forget_extensions, loaded_extensions
from desktop.extensions.tables import ensure_tables
from desktop.imports.integrations.targets import all_targets, find_target
from desktop.testing import import_file
from models.database import connected, database
from models.integration import Integration, IntegrationField
from models.tables import TABLES
from tests.waiting import WAIT

ROOT = Path(__file__).parents[2]
BINS = """
import peewee
from desktop.extensions.extension import Extension
from desktop.imports.integrations.targets import ImportTarget
from models.fields import MomentField
from models.record import Record
from models.rules import FieldRule, Kind

class WarehouseBin(Record):
    CAPTION = "Bin"
    CAPTION_PLURAL = "Bins"
    NAME_FIELD = "zone"
    RULES = (
        FieldRule("code", "Code", Kind.CODE, max_length=10, required=True),
        FieldRule("zone", "Zone", max_length=20),
        FieldRule("item_no", "Item No.", Kind.CODE, max_length=20, lookup="item"),
    )
    code = peewee.TextField(primary_key=True)
    zone = peewee.TextField(default="")
    item_no = peewee.TextField(null=True)
    modified_at = MomentField(null=True)

extension = Extension("Bins", tables=(ImportTarget(WarehouseBin),))
"""


def _tables() -> list[str]:
    with connected():
        return list(database.get_tables())


def test_files_fill_the_table_of_an_extension(
    company: Path, put_extension: Callable[[str, str], Path], tmp_path: Path
) -> None:
    put_extension("bins", BINS)
    ensure_tables()
    assert "warehouse_bin" in _tables()
    assert [target.caption for target in all_targets()][-1] == "Bin"
    with connected():
        Integration.create(code="BINS", target_table="warehouse_bin", match_field="code")
        for number, (header, field) in enumerate((("Bin", "code"), ("Zone", "zone"), ("Item", "item_no")), 1):
            IntegrationField.create(
                integration_code="BINS", field_no=number, source_column=header, target_field=field
            )
    file = tmp_path / "bins.csv"
    file.write_text("Bin,Zone,Item\na1,Cold,\na2,Warm,NOPE\n")
    command = [sys.executable, "-m", "desktop", "import", str(file), "--integration", "BINS", "--company"]
    done = subprocess.run(
        [*command, str(company)], cwd=ROOT, capture_output=True, text=True, timeout=WAIT, check=False
    )
    assert "1 record created, 1 error" in done.stdout, (done.stdout, done.stderr)
    with connected():
        assert database.execute_sql("SELECT code, zone FROM warehouse_bin").fetchall() == [("A1", "Cold")]


def test_a_newer_version_gets_its_new_column_and_rows_stay(
    company: Path, put_extension: Callable[[str, str], Path]
) -> None:
    put_extension("bins", BINS)
    ensure_tables()
    with connected():
        database.execute_sql("INSERT INTO warehouse_bin (code, zone) VALUES ('A1', 'Cold')")
    forget_extensions()
    put_extension(
        "bins", BINS.replace("modified_at =", "height = peewee.IntegerField(default=3)\n    modified_at =")
    )
    ensure_tables()
    with connected():
        found = database.execute_sql("SELECT code, zone, height FROM warehouse_bin").fetchall()
    assert found == [("A1", "Cold", 3)]


def test_a_table_that_exists_already_switches_the_extension_off(
    company: Path, put_extension: Callable[[str, str], Path]
) -> None:
    put_extension(
        "bins", BINS.replace("class WarehouseBin", "class Customer").replace("(WarehouseBin)", "(Customer)")
    )
    ensure_tables()
    (loaded,) = loaded_extensions()
    assert "There is a table “customer” already." in loaded.error
    target = find_target("customer")
    assert target is not None
    assert target.record is TABLES["customer"]


def test_a_record_that_does_not_say_what_it_is_called_is_refused(
    company: Path, put_extension: Callable[[str, str], Path]
) -> None:
    put_extension("bins", BINS.replace('CAPTION = "Bin"', 'CAPTION = ""'))
    (loaded,) = loaded_extensions()
    assert "does not say what people call it" in loaded.error
    assert "warehouse_bin" not in _tables()


LINES = BINS.replace(
    "extension = ",
    """
class BinLine(Record):
    CAPTION = "Bin Line"
    CAPTION_PLURAL = "Bin Lines"
    RULES = (
        FieldRule("line_no", "Line No.", Kind.INTEGER, editable=False),
        FieldRule("quantity", "Quantity", Kind.INTEGER),
    )
    id = peewee.AutoField()
    bin_code = peewee.TextField()
    line_no = peewee.IntegerField()
    quantity = peewee.IntegerField(default=0)

extension = """,
).replace("ImportTarget(WarehouseBin)", 'ImportTarget(WarehouseBin, BinLine, "bin_code", "line_no")')


def test_documents_of_an_extension_are_written_with_their_lines(
    company: Path, put_extension: Callable[[str, str], Path], tmp_path: Path
) -> None:
    put_extension("bins", LINES)
    ensure_tables()
    with connected():
        Integration.create(code="BINS", target_table="warehouse_bin", match_field="code")
        for level, header, field in ((0, "Bin", "code"), (1, "Qty", "quantity")):
            IntegrationField.create(
                integration_code="BINS", level=level, field_no=1, source_column=header, target_field=field
            )
    file = tmp_path / "bins.csv"
    file.write_text("Bin,Qty\nA1,5\nA2,7\nA1,6\n")
    counts = import_file(file, "BINS")
    assert counts.text == "2 bins created"
    with connected():
        found = database.execute_sql(
            "SELECT bin_code, line_no, quantity FROM bin_line ORDER BY 1, 2"
        ).fetchall()
        assert found == [("A1", 10_000, 5), ("A1", 20_000, 6), ("A2", 10_000, 7)]
        database.execute_sql("DELETE FROM warehouse_bin WHERE code = 'A1'")
        assert database.execute_sql("SELECT COUNT(*) FROM bin_line").fetchone() == (1,)
