"""The tables of extensions, in the open company: made where they are missing, with the columns that they have now."""

from __future__ import annotations

import logging
from typing import Any, Final

import peewee

from desktop.errors import ExtensionError
from desktop.extensions.loader import switch_off, working_extensions
from desktop.imports.integrations.targets import ImportTarget
from models.database import connected, database
from models.enforcement import as_system
from models.record import Record
from models.tables import TABLES

_log: Final = logging.getLogger(__name__)


@as_system()
def ensure_tables() -> None:
    """Make the tables of all working extensions; one whose tables cannot be made is switched off."""
    for extension in working_extensions():
        try:
            for target in extension.tables:
                make_tables(target)
        except (peewee.DatabaseError, ExtensionError) as error:
            switch_off(extension.name, error)


@as_system()
def make_tables(target: ImportTarget) -> None:
    """Make the tables of one target, or the columns that they lack; one transaction.

    Raises:
        ExtensionError: rows that are there would have no value in a new column.
        peewee.DatabaseError: the database refuses.
    """
    with connected(), database.atomic():
        for record in target.records:
            _ensure(record, target)


def _ensure(record: type[Record], target: ImportTarget) -> None:
    table = record.table()
    fields = record._meta.fields
    if table not in database.get_tables():
        columns = ", ".join(_column(record, field, target) for field in fields.values())
        database.execute_sql(f'CREATE TABLE "{table}" ({columns})')
        if record is target.lines:
            database.execute_sql(
                f'CREATE UNIQUE INDEX "{table}_document" ON "{table}"'
                f' ("{target.parent_field}", "{target.line_no_field}")'
            )
        _log.info("the table %s was made", table)
        return
    there = {column.name for column in database.get_columns(table)}
    for name, field in fields.items():
        if field.column_name not in there:
            if not field.null and _default(field) is None:
                raise ExtensionError(
                    f"The field {name} of the table {table} is new, and rows that are there have no value for it.",
                    "Give the field a default, or null=True.",
                )
            database.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN {_column(record, field, target)}')


def _column(record: type[Record], field: Any, target: ImportTarget) -> str:
    """A column as SQL: its default is the database's too, because imports write only what they know.

    A line goes with its header, and what is looked up cannot be deleted.
    """
    parts = [f'"{field.column_name}"', field.ddl_datatype(database.get_sql_context()).sql]
    if field.primary_key:
        parts.append("PRIMARY KEY AUTOINCREMENT" if isinstance(field, peewee.AutoField) else "PRIMARY KEY")
    if not field.null:
        parts.append("NOT NULL")
    default = _default(field)
    if default is not None:
        parts.append("DEFAULT '{}'".format(str(default).replace("'", "''")))
    lookup = next((rule.lookup for rule in record.RULES if rule.name == field.name), "")
    if lookup and field.null:
        parts.append(f'REFERENCES "{lookup}" ("{TABLES[lookup].key_field()}")')
    if record is target.lines and field.name == target.parent_field:
        header = target.record
        parts.append(f'REFERENCES "{header.table()}" ("{header.key_field()}") ON DELETE CASCADE')
    return " ".join(parts)


def _default(field: Any) -> Any:
    """The stored form of a field's default; None where it has none."""
    default = field.default() if callable(field.default) else field.default
    stored = field.db_value(default)
    return int(stored) if isinstance(stored, bool) else stored
