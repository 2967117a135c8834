"""What post-processing changes in records that the import itself had only changed: undoing needs it as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from desktop.imports.writing.outcome import in_blocks
from desktop.sessions.post_process_calls import PostProcessItem
from models.database import database
from models.enforcement import as_system
from models.import_change import ImportChange
from models.tables import TABLES

_AT_ONCE: Final = 500  # keys per statement
Images = dict[tuple[str, str], dict[str, Any]]
_OWN = frozenset({"modified_at", "search_text"})  # the program fills them on every write


class Before:
    """Records before a codeunit takes them; made and kept in the transaction of the post-processing."""

    def __init__(self, items: Sequence[PostProcessItem]) -> None:
        self._items = items
        self._changed_at = _changed_at(items)
        self._images = _images_of(items)

    def keep(self) -> None:
        """Keep what has changed since: it is the import's own change, and nobody's edit."""
        _keep_pace(self._items, self._changed_at)
        _keep_changes(self._items, self._images)


@as_system()
def _images_of(items: Sequence[PostProcessItem]) -> Images:
    """The records as they are, by table and key; without those that the import created and that go as a whole.

    Of one whose table keeps no moment of its last change, only what it held tells that nobody has edited it since.
    """
    keys: dict[str, list[str]] = {}
    for item in items:
        record = TABLES.get(item.table)
        if record is not None and not (item.was_created and "modified_at" in record._meta.fields):
            keys.setdefault(item.table, []).append(item.record_key)
    found: Images = {}
    for table, wanted in keys.items():
        record = TABLES[table]
        names = [name for name in record._meta.fields if name not in _OWN]
        columns = ", ".join(f'"{name}"' for name in names)
        key = names.index(record.key_field())
        statement = f'SELECT {columns} FROM "{table}" WHERE "{record.key_field()}" IN'
        for row in in_blocks(database.connection(), statement, wanted):
            found[table, str(row[key])] = dict(zip(names, row, strict=True))
    return found


@as_system()
def _keep_changes(items: Sequence[PostProcessItem], before: Images) -> None:
    """Write what has changed since `images_of`; in the transaction of the post-processing."""
    if not before:
        return
    after = _images_of(items)
    rows = []
    for item in items:
        old = before.get((item.table, item.record_key))
        new = after.get((item.table, item.record_key))
        if old is None or new is None or old == new:
            continue
        names = [name for name in old if old[name] != new[name]]
        images = [msgspec.json.encode({name: image[name] for name in names}).decode() for image in (old, new)]
        rows.append((item.run_id, item.table, item.record_key, *images, item.run_id, item.record_key))
    database.connection().executemany(
        f"INSERT INTO {ImportChange.table()} (run_id, record_id, table_name, record_key, before, after)"
        " SELECT ?, MIN(record_id), ?, ?, ?, ? FROM integration_record_status"
        " WHERE run_id = ? AND target_key = ? AND target_key <> '' HAVING MIN(record_id) IS NOT NULL",
        rows,
    )


@as_system()
def _changed_at(items: Sequence[PostProcessItem]) -> dict[tuple[str, str], Any]:
    """When each record was changed last, by table and key; those of tables that do not keep it are left out."""
    keys: dict[str, list[str]] = {}
    for item in items:
        keys.setdefault(item.table, []).append(item.record_key)
    found: dict[tuple[str, str], Any] = {}
    for table, wanted in keys.items():
        record = TABLES.get(table)
        if record is None or "modified_at" not in record._meta.fields:
            continue
        for start in range(0, len(wanted), _AT_ONCE):
            block = wanted[start : start + _AT_ONCE]
            rows = database.execute_sql(
                f'SELECT "{record.key_field()}", modified_at FROM "{table}"'
                f' WHERE "{record.key_field()}" IN ({", ".join("?" * len(block))})',
                block,
            )
            found.update(((table, str(key)), moment) for key, moment in rows.fetchall())
    return found


@as_system()
def _keep_pace(items: Sequence[PostProcessItem], before: Mapping[tuple[str, str], Any]) -> None:
    """Let the rows' statuses carry the moment of post-processing: it is the import's change, and nobody's edit."""
    after = _changed_at(items)
    moved = [
        (
            after[item.table, item.record_key],
            item.run_id,
            item.record_key,
            before[item.table, item.record_key],
        )
        for item in items
        if after.get((item.table, item.record_key)) not in (None, before.get((item.table, item.record_key)))
        and (item.table, item.record_key) in before
    ]
    if moved:
        database.connection().executemany(
            "UPDATE integration_record_status SET changed_at = ?"
            " WHERE run_id = ? AND target_key = ? AND target_key <> '' AND changed_at = ?",
            moved,
        )
