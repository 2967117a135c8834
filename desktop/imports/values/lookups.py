"""Look-up tables in memory, for the length of one job, renewed when somebody changes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from desktop.imports.integrations.definition import NOT_IN_FILE, FieldMap
from models import changes
from models.database import data_version, database
from models.errors import FieldError
from models.record import Record
from models.rules import FieldRule
from models.tables import TABLES

AMBIGUOUS = object()
_FEW: Final = 200  # records that are read one by one; more cost as much as the whole table


class LookupTable:
    """The keys of one table, by themselves and by one field that people know the records by."""

    def __init__(self, record: type[Record], by: str) -> None:
        self.record = record
        self.by = by
        self._by_key: dict[str, str] = {}
        self._by_name: dict[str, object] = {}
        self.fill()

    def fill(self) -> None:
        """Read the table."""
        key = self.record.key_field()
        name = self.by or key
        rows = database.execute_sql(f'SELECT "{key}", "{name}" FROM "{self.record.table()}"').fetchall()
        self._by_key = {str(code).upper(): code for code, _ in rows}
        self._by_name = {}
        if self.by:
            for code, text in rows:
                folded = _fold(str(text))
                known = self._by_name.setdefault(folded, code)
                if known != code:
                    self._by_name[folded] = AMBIGUOUS

    def renew(self, keys: Collection[str]) -> None:
        """Read the records of these keys again."""
        if self.by or changes.MANY in keys or len(keys) > _FEW:
            self.fill()
            return
        key = self.record.key_field()
        rows = database.execute_sql(
            f'SELECT "{key}" FROM "{self.record.table()}" WHERE "{key}" IN ({", ".join("?" * len(keys))})',
            tuple(keys),
        ).fetchall()
        for text in keys:
            self._by_key.pop(text.upper(), None)
        self._by_key.update({str(code).upper(): code for (code,) in rows})

    def find(self, text: str) -> object:
        """The key that a text names: None where there is none, AMBIGUOUS where several records carry the name."""
        found = self._by_name.get(_fold(text)) if self.by else None
        return self._by_key.get(text.upper()) if found is None else found


class Lookups:
    """All look-up tables of one definition. Needs an open connection of this thread for its whole life."""

    def __init__(self, wanted: Iterable[tuple[str, str]]) -> None:
        """`wanted`: names of tables, each with the field that values name, empty for the key."""
        self._version = data_version()
        self._number = changes.last_number()
        self._tables = {(table, by): LookupTable(TABLES[table], by) for table, by in set(wanted)}

    def table(self, name: str, by: str) -> LookupTable:
        """One of the tables."""
        return self._tables[name, by]

    def refresh(self) -> bool:
        """Read again what others have changed; cheap when nothing was. Returns whether anything was read."""
        version = data_version()
        if version == self._version or not self._tables:
            return False
        self._version = version
        newest = changes.last_number()
        names = sorted({name for name, _ in self._tables})
        rows = database.execute_sql(
            "SELECT DISTINCT table_name, record_id FROM change_log"
            f" WHERE id > ? AND table_name IN ({', '.join('?' * len(names))})",
            (self._number, *names),
        ).fetchall()
        forgotten = newest - self._number > changes.KEPT
        self._number = newest
        for (name, _), table in self._tables.items():
            keys = {changes.MANY} if forgotten else {key for changed, key in rows if changed == name}
            if keys:
                table.renew(keys)
        return bool(rows) or forgotten


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def look_up(table: LookupTable, rule: FieldRule, field: FieldMap, text: str) -> object:
    """The key of the record that a text names.

    Raises:
        FieldError: NotFound or Ambiguous.
    """
    found = table.find(text)
    if found is not None and found is not AMBIGUOUS:
        return found
    caption = TABLES[rule.lookup].CAPTION
    column = (
        f"correct the column {field.source_column}"
        if field.column != NOT_IN_FILE
        else "correct the integration"
    )
    if found is AMBIGUOUS:
        raise FieldError(
            f"More than one {caption} is called “{text}”.",
            f"Use the code, or {column}, then choose Retry.",
            "Ambiguous",
        )
    raise FieldError(
        f"There is no {caption} “{text}”.", f"Create it or {column}, then choose Retry.", "NotFound"
    )
