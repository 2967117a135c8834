"""The frozen migrations and the records must tell the same story of every column."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import peewee
import pytest

from models.company import ChangeLog
from models.database import connected, database
from models.fields import stored_decimal
from models.job_queue import EntryNumber
from models.tables import TABLES, table_caption

ALL = {**TABLES, "change_log": ChangeLog, "entry_number": EntryNumber}


def shown_default(field: peewee.Field) -> str | None:
    default: Any = field.default
    if default is None or callable(default):
        return None
    if isinstance(default, Decimal):
        return str(stored_decimal(default))
    if isinstance(default, bool | int):
        return str(int(default))
    return "'" + str(default).replace("'", "''") + "'"


def kind_of(field: peewee.Field) -> str:
    if isinstance(field, peewee.TextField):
        return "TEXT"
    return "BLOB" if isinstance(field, peewee.BlobField) else "INTEGER"


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_record_has_the_columns_of_its_table(company: Path, name: str) -> None:
    with connected():
        columns = {row[1]: row for row in database.execute_sql(f"PRAGMA table_info({name})").fetchall()}
    fields = {field.column_name: field for field in ALL[name]._meta.sorted_fields}
    assert list(columns) == list(fields) or set(columns) == set(fields)
    for column, field in fields.items():
        _, _, kind, not_null, default, is_key = columns[column]
        assert bool(is_key) == field.primary_key, column
        assert kind == kind_of(field), column
        if field.primary_key:
            continue
        assert bool(not_null) == (not field.null), column
        if not field.null:
            assert default == shown_default(field), column


def test_the_company_has_no_table_without_a_record(company: Path) -> None:
    with connected():
        tables = set(database.get_tables())
    assert tables - {"schema_migration", "sqlite_sequence"} == set(ALL)


def test_every_look_up_names_a_table_and_every_rule_a_column() -> None:
    for record in TABLES.values():
        columns = record._meta.fields
        for rule in record.RULES:
            assert rule.name in columns, f"{record.__name__}.{rule.name}"
            assert not rule.lookup or rule.lookup in TABLES
        for name in record.SEARCHED:
            assert name in columns


def test_people_read_captions_and_not_names_of_tables() -> None:
    assert table_caption("sales_header") == "Sales Order"
    assert table_caption("something_else") == "something_else"
    assert all(record.CAPTION for record in TABLES.values())


SMALL_OR_SELDOM = {
    # Countries, terms, units and permission sets are few, and seldom deleted; an index would cost each imported row.
    ("company_information", "country_code"),
    ("post_code", "country_code"),
    ("customer", "country_code"),
    ("customer", "payment_terms_code"),
    ("vendor", "country_code"),
    ("vendor", "payment_terms_code"),
    ("item", "base_unit_code"),
    ("sales_line", "unit_code"),
    ("user_permission_set", "set_code"),
}


def test_whoever_refers_to_a_deleted_record_is_found_without_reading_a_whole_table(company: Path) -> None:
    """Undoing an import of 10,000 vendors beside 100,000 items takes half a second so, and two minutes otherwise."""
    slow = set()
    with connected():
        for table in database.get_tables():
            firsts = {
                database.execute_sql(f"PRAGMA index_info('{index[1]}')").fetchone()[2]
                for index in database.execute_sql(f"PRAGMA index_list('{table}')").fetchall()
                if not index[4]  # an index over a part of the rows may not have the row
            }
            firsts |= set(database.get_primary_keys(table)[:1])
            links = database.execute_sql(f"PRAGMA foreign_key_list('{table}')").fetchall()
            slow |= {(table, link[3]) for link in links if link[3] not in firsts}
    assert slow == SMALL_OR_SELDOM
