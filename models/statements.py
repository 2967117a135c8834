"""Statements that run thousands of times: their SQL is written once for each table and set of columns.

peewee writes the SQL of a query anew each time, which takes longer than SQLite needs to run it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import peewee

from models.database import database

R = TypeVar("R", bound=peewee.Model)


def insert(table: type[peewee.Model], **values: Any) -> int:
    """Add a row, with the defaults of the table for what is not named; the row's number."""
    fields, defaults, sql = _insert_of(table)
    row = [
        field.db_value(values[name] if name in values else _value(defaults.get(name)))
        for name, field in fields
    ]
    return int(database.execute_sql(sql, row).lastrowid)


def get(table: type[R], key: Any) -> R | None:
    """The record with that primary key, None when there is none."""
    fields, sql = _select_of(table)
    row = database.execute_sql(sql, (key,)).fetchone()
    if row is None:
        return None
    record: Any = table.__new__(table)
    record._dirty = set()
    record.__rel__ = {}
    record.__data__ = {
        name: field.python_value(value) for (name, field), value in zip(fields, row, strict=True)
    }
    found: R = record
    return found


def update(table: type[peewee.Model], key: Any, **values: Any) -> bool:
    """Change columns of the row with that primary key; False when there is none."""
    fields, sql = _update_of(table, tuple(values))
    row = [field.db_value(value) for field, value in zip(fields, values.values(), strict=True)]
    return bool(database.execute_sql(sql, (*row, key)).rowcount)


def exists(table: type[peewee.Model], column: str, value: Any) -> bool:
    """Whether a row has that value in that column."""
    return database.execute_sql(_exists_of(table, column), (value,)).fetchone() is not None


def _value(default: Any) -> Any:
    return default() if callable(default) else default


def _fields(table: type[peewee.Model]) -> list[tuple[str, peewee.Field]]:
    return [(field.name, field) for field in table._meta.sorted_fields]


def _key(table: type[peewee.Model]) -> str:
    key: Any = table._meta.primary_key
    return str(key.column_name)


def _name(table: type[peewee.Model]) -> str:
    return str(table._meta.table_name)


@cache
def _insert_of(table: type[peewee.Model]) -> tuple[list[tuple[str, peewee.Field]], dict[str, Any], str]:
    fields = [(name, field) for name, field in _fields(table) if not isinstance(field, peewee.AutoField)]
    columns = ", ".join(field.column_name for _, field in fields)
    marks = ", ".join("?" * len(fields))
    defaults = {name: field.default for name, field in fields}
    return fields, defaults, f"INSERT INTO {_name(table)} ({columns}) VALUES ({marks})"


@cache
def _select_of(table: type[peewee.Model]) -> tuple[list[tuple[str, peewee.Field]], str]:
    fields = _fields(table)
    columns = ", ".join(field.column_name for _, field in fields)
    return fields, f"SELECT {columns} FROM {_name(table)} WHERE {_key(table)} = ?"


@cache
def _update_of(table: type[peewee.Model], names: tuple[str, ...]) -> tuple[list[peewee.Field], str]:
    fields = [table._meta.fields[name] for name in names]
    columns = ", ".join(f"{field.column_name} = ?" for field in fields)
    return fields, f"UPDATE {_name(table)} SET {columns} WHERE {_key(table)} = ?"


@cache
def _exists_of(table: type[peewee.Model], column: str) -> str:
    return f"SELECT 1 FROM {_name(table)} WHERE {column} = ? LIMIT 1"
