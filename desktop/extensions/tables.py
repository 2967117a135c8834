"""The tables of extensions, in the open company: made where they are missing, with the columns that they have now."""

from __future__ import annotations

import logging
from typing import Any, Final

import peewee

from desktop.errors import ExtensionError
from desktop.extensions.loader import switch_off, working_extensions
from models.database import connected, database
from models.enforcement import as_system
from models.record import Record

_log: Final = logging.getLogger(__name__)


@as_system()
def ensure_tables() -> None:
    """Make the tables of all working extensions; one whose tables cannot be made is switched off."""
    for extension in working_extensions():
        for target in extension.tables:
            for record in target.records:
                try:
                    with connected(), database.atomic():
                        _ensure(record)
                except (peewee.DatabaseError, ExtensionError) as error:
                    switch_off(extension.name, error)


def _ensure(record: type[Record]) -> None:
    table = record.table()
    if table not in database.get_tables():
        database.create_tables([record])
        _log.info("the table %s was made", table)
        return
    there = {column.name for column in database.get_columns(table)}
    for name, field in record._meta.fields.items():
        if field.column_name not in there:
            _add(table, name, field)


def _add(table: str, name: str, field: Any) -> None:
    """A column that a newer version of the extension has.

    Raises:
        ExtensionError: rows that are there already would have no value in it.
    """
    default = field.default() if callable(field.default) else field.default
    if default is None and not field.null:
        raise ExtensionError(
            f"The field {name} of the table {table} is new, and rows that are there have no value for it.",
            "Give the field a default, or null=True.",
        )
    sql_type = field.ddl_datatype(database.get_sql_context()).sql
    value = field.db_value(default)
    shown = "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"
    not_null = "" if field.null else " NOT NULL"
    database.execute_sql(
        f'ALTER TABLE "{table}" ADD COLUMN "{field.column_name}" {sql_type}{not_null} DEFAULT {shown}'
    )
