"""The tables behind undoing an import: which record came from which rows, and how each becomes what it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from desktop.imports.afterwards.undo_reasons import DELETED, Reason, edited, not_as_before, used
from desktop.imports.integrations.definition import Definition
from desktop.imports.writing.outcome import in_blocks
from models import changes
from models.database import database
from models.enforcement import as_system
from models.fields import search_text
from models.integration_record import RecordStatus
from models.post_process_entry import PostProcessEntry, PostProcessStatus
from models.record import Record
from models.tables import TABLES, table_caption
from models.unfilled import unfilled_values

_DONE: Final = {RecordStatus.CREATED: "created", RecordStatus.UPDATED: "updated"}
_TELLING: Final = ("modified_at", "status")  # what says of a record that somebody has been at it
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Change(NamedTuple):
    """A row of ImportChange."""

    record_id: int
    table: str
    key: str
    before: dict[str, Any] | None
    after: dict[str, Any]


@dataclass(slots=True)
class Group:
    """The rows that made one record or document.

    Attributes:
        position: of the row or the document, from which undoing goes on downwards.
        created: the import made it; False where it changed it.
        moment: when the import wrote it, in its stored form.
        rows: their ids with their statuses.
    """

    position: int
    line_no: int
    key: str
    created: bool
    moment: str
    rows: list[tuple[int, RecordStatus]] = field(default_factory=list)


class Undone(NamedTuple):
    """What became of a group; there is no reason where it is as before the import."""

    group: Group
    reason: Reason | None = None
    edited: bool = False


class LookUp(NamedTuple):
    """A look-up record that the import has created, with the values that it gave it."""

    record: type[Record]
    key: str
    after: dict[str, Any]


class _Former(NamedTuple):
    """A record that becomes what it was: as it is now, which takes on its former values, and what was changed."""

    group: Group
    record: dict[str, Any]
    images: list[Change]


class UndoStore:
    """Reverses records, many at once. Bookkeeping is the program's; the records themselves need the user's rights."""

    def __init__(self, connection: sqlite3.Connection, run_id: int, definition: Definition) -> None:
        self._connection = connection
        self._run_id = run_id
        self._target = definition.target
        self._record = definition.record
        self._table = self._record.table()
        self._key = self._record.key_field()
        self._stamped = "modified_at" in self._record._meta.fields
        self._unfilled = {} if self._stamped else unfilled_values(self._record)
        self._moved: dict[str, int] = {}
        with as_system():
            bounds = connection.execute(
                "SELECT COALESCE(MIN(id), 0), COALESCE(MAX(id), 0) FROM integration_record WHERE run_id = ?",
                (run_id,),
            ).fetchone()
            self._post_processed = PostProcessEntry.select().where(PostProcessEntry.run_id == run_id).exists()
        self._first, self._last = int(bounds[0]), int(bounds[1])

    # ---- reading

    def next_groups(self, size: int, before: int | None) -> list[Group]:
        """The next records or documents to reverse, the last one first."""
        if self._target.lines is None:
            rows = self._connection.execute(
                "SELECT s.record_id, s.record_id, r.line_no, s.status, s.target_key, s.changed_at"
                " FROM integration_record_status AS s JOIN integration_record AS r ON r.id = s.record_id"
                " WHERE s.record_id >= ? AND s.record_id < ? AND s.run_id = ?"
                " AND s.status IN (1, 2) ORDER BY s.record_id DESC LIMIT ?",
                (self._first, self._last + 1 if before is None else before, self._run_id, size),
            ).fetchall()
        else:
            numbers = [
                number
                for (number,) in self._connection.execute(
                    "SELECT DISTINCT r.document_no FROM integration_record AS r"
                    " JOIN integration_record_status AS s ON s.record_id = r.id WHERE r.run_id = ?"
                    " AND r.document_no > 0 AND r.document_no < ? AND s.status IN (1, 2)"
                    " ORDER BY r.document_no DESC LIMIT ?",
                    (self._run_id, 2**62 if before is None else before, size),
                )
            ]
            rows = in_blocks(
                self._connection,
                "SELECT r.document_no, r.id, r.line_no, s.status, s.target_key, s.changed_at"
                " FROM integration_record AS r JOIN integration_record_status AS s ON s.record_id = r.id"
                " WHERE r.run_id = ? AND s.status IN (1, 2) AND r.document_no > 0 AND r.document_no IN",
                numbers,
                (self._run_id,),
            )
            rows.sort(key=lambda row: (-row[0], row[1]))
        groups: dict[int, Group] = {}
        for position, record_id, line, status, key, moment in rows:
            group = groups.get(position)
            if group is None:
                created = status == RecordStatus.CREATED
                group = groups[position] = Group(position, line, key, created, moment or "")
            group.rows.append((record_id, RecordStatus(status)))
        return list(groups.values())

    @as_system()
    def _changes(self, groups: Sequence[Group]) -> dict[int, list[Change]]:
        """The before-images by the id of the row that did it, the newest first; only where they are needed."""
        found: dict[int, list[Change]] = {}
        ids = [
            record_id
            for group in groups
            if not (group.created and self._stamped)
            for record_id, _ in group.rows
        ]
        rows = in_blocks(
            self._connection,
            "SELECT record_id, table_name, record_key, before, after FROM import_change"
            " WHERE run_id = ? AND record_id IN",
            ids,
            (self._run_id,),
        )
        for record_id, table, key, before, after in reversed(rows):
            image = _decode(before) if before is not None else None
            found.setdefault(record_id, []).append(Change(record_id, table, key, image, _decode(after)))
        return found

    def _now(self, groups: Sequence[Group]) -> dict[str, dict[str, Any]]:
        """The records as they are, by key; of those that go, no more than what says whether they were changed."""
        names = list(self._record._meta.fields)
        brief = [name for name in names if name in (self._key, *_TELLING)] if self._stamped else names
        found: dict[str, dict[str, Any]] = {}
        for created, columns in ((True, brief), (False, names)):
            listed = ", ".join(f'"{name}"' for name in columns)
            position = columns.index(self._key)
            rows = in_blocks(
                self._connection,
                f'SELECT {listed} FROM "{self._table}" WHERE "{self._key}" IN',
                [group.key for group in groups if group.created is created],
            )
            found.update((str(row[position]), dict(zip(columns, row, strict=True))) for row in rows)
        return found

    # ---- reversing

    def reverse(self, groups: Sequence[Group]) -> list[Undone]:
        """Make records what they were before the import; call it inside a transaction."""
        now, images = self._now(groups), self._changes(groups)
        undone: list[Undone] = []
        to_remove: list[Group] = []
        to_restore: list[_Former] = []
        for group in groups:
            record = now.get(group.key)
            mine = [change for record_id, _ in group.rows for change in images.get(record_id, ())]
            if record is None and group.created:
                undone.append(Undone(group))  # somebody has deleted it already
            elif record is None:
                undone.append(Undone(group, DELETED, edited=True))
            elif self._edited(group, record, mine):
                undone.append(Undone(group, edited(record, created=group.created), edited=True))
            elif group.created:
                to_remove.append(group)
            else:
                to_restore.append(_Former(group, record, mine))
        undone += self._remove(to_remove)
        undone += self._restore(to_restore)
        self._settle([one.group for one in undone if one.reason is None])
        changes.touch(self._table)
        if self._target.lines is not None:
            changes.touch(self._target.lines.table())
        return undone

    def _edited(self, group: Group, record: dict[str, Any], images: Sequence[Change]) -> bool:
        """Whether somebody has changed the record since the import wrote it."""
        if self._stamped:
            return bool(record["modified_at"] != group.moment)
        left = self._unfilled if group.created else {}
        for change in reversed(images):
            if change.table == self._table:
                left = left | change.after
        return any(record[name] != value for name, value in left.items())

    def _remove(self, groups: Sequence[Group]) -> list[Undone]:
        """Delete records; one that others refer to stays."""
        if not groups:
            return []  # even a statement for none needs the right to delete
        delete = f'DELETE FROM "{self._table}" WHERE "{self._key}" IN'
        try:
            with database.atomic():
                # One statement for each record would be ten times as slow: in a savepoint SQLite keeps what each
                # statement changes, and goes through all that it has kept with each one.
                in_blocks(self._connection, delete, [group.key for group in groups])
        except sqlite3.IntegrityError:
            if len(groups) == 1:
                return [Undone(groups[0], used(self._record, groups[0].key))]
            middle = len(groups) // 2
            return self._remove(groups[:middle]) + self._remove(groups[middle:])
        return [Undone(group) for group in groups]

    def _restore(self, waiting: Sequence[_Former]) -> list[Undone]:
        """Let records be what they were; one that the database refuses stays."""
        try:
            with database.atomic():
                for former in waiting:
                    self._write_former(former)
        except sqlite3.IntegrityError as error:
            if len(waiting) == 1:
                return [Undone(waiting[0].group, self._refused(waiting[0], error))]
            middle = len(waiting) // 2
            return self._restore(waiting[:middle]) + self._restore(waiting[middle:])
        return [Undone(former.group) for former in waiting]

    def _write_former(self, former: _Former) -> None:
        changed: set[str] = set()
        for change in former.images:
            if change.table == self._table:
                for name, value in (change.before or {}).items():
                    # What the program itself works out, such as a balance, may be another one since.
                    if former.record[name] == change.after.get(name, former.record[name]):
                        former.record[name] = value
                        changed.add(name)
            elif self._target.lines is not None and change.table == self._target.lines.table():
                self._restore_line(change)
        self._update(former.record, changed)

    def _refused(self, former: _Former, error: Exception) -> Reason:
        lines = self._target.lines
        held = [
            (lines, change.before or {})
            for change in former.images
            if lines is not None and change.table == lines.table()
        ]
        return not_as_before([(self._record, former.record), *held], error)

    def _update(self, record: dict[str, Any], changed: AbstractSet[str]) -> None:
        """Write these fields, and no others: for who may not see what others refer to."""
        values = {name: value for name, value in record.items() if name in changed}
        if not values:
            return
        if not changed.isdisjoint(self._record.SEARCHED):
            values["search_text"] = search_text(*(str(record[name] or "") for name in self._record.SEARCHED))
        sets = ", ".join(f'"{name}" = ?' for name in values)
        self._connection.execute(
            f'UPDATE "{self._table}" SET {sets} WHERE "{self._key}" = ?',
            (*values.values(), record[self._key]),
        )

    def _restore_line(self, change: Change) -> None:
        """A line of a document as it was: taken out, put back, or with its former values."""
        assert self._target.lines is not None
        table, parent, number = change.table, self._target.parent_field, self._target.line_no_field
        document, _, line_no = change.key.rpartition("/")
        self._connection.execute(
            f'DELETE FROM "{table}" WHERE "{parent}" = ? AND "{number}" = ?', (document, int(line_no))
        )
        if change.before is not None:
            values = {parent: document} | change.before
            names = ", ".join(f'"{name}"' for name in values)
            marks = ", ".join("?" * len(values))
            self._connection.execute(
                f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(values.values())
            )

    @as_system()
    def _settle(self, groups: Sequence[Group]) -> None:
        """The rows of what was reversed."""
        rows = [row for group in groups for row in group.rows]
        counters = [_DONE[status] for _, status in rows]
        if self._target.lines is not None:
            counters += [f"documents_{_DONE[group.rows[0][1]]}" for group in groups]
        for counter in counters:
            self._moved[counter] = self._moved.get(counter, 0) + 1
        self._connection.executemany(
            f"UPDATE integration_record_status SET status = {RecordStatus.REVERSED:d}, target_key = ''"
            " WHERE record_id = ?",
            [(record_id,) for record_id, _ in rows],
        )
        if self._post_processed:
            self._connection.executemany(
                f"UPDATE post_process_entry SET status = '{PostProcessStatus.REVERSED}'"
                " WHERE run_id = ? AND table_name = ? AND record_key = ?",
                [(self._run_id, self._table, group.key) for group in groups],
            )
            changes.touch(PostProcessEntry.table())

    def take_moved(self) -> dict[str, int]:
        """By how much counters of the run become less since the last call: of rows, and of documents."""
        moved, self._moved = self._moved, {}
        return moved

    # ---- look-up records

    @as_system()
    def look_ups_created(self) -> list[LookUp]:
        """The look-up records that the import has created, in the order in which it did."""
        rows = self._connection.execute(
            "SELECT table_name, record_key, after, MIN(id) FROM import_change WHERE run_id = ?"
            " AND before IS NULL AND table_name NOT IN (?, ?) GROUP BY table_name, record_key ORDER BY MIN(id)",
            (self._run_id, self._table, self._target.lines.table() if self._target.lines else ""),
        ).fetchall()
        return [
            LookUp(TABLES[table], key, _decode(after)) for table, key, after, _ in rows if table in TABLES
        ]

    def remove_look_up(self, look_up: LookUp) -> Undone | None:
        """Delete a look-up record where nothing refers to it; None where it has gone already."""
        record, key, after = look_up
        table, key_field = record.table(), record.key_field()
        group = Group(0, 0, f"{table_caption(table)} {key}", True, "")
        stamped = "modified_at" in record._meta.fields
        left = ({"modified_at": None} if stamped else unfilled_values(record)) | after
        columns = ", ".join(f'"{name}"' for name in left)
        found = self._connection.execute(
            f'SELECT {columns} FROM "{table}" WHERE "{key_field}" = ?', (key,)
        ).fetchone()
        if found is None:
            return None
        if list(found) != list(left.values()):
            return Undone(group, edited({}, created=True), edited=True)
        try:
            with database.atomic():
                self._connection.execute(f'DELETE FROM "{table}" WHERE "{key_field}" = ?', (key,))
        except sqlite3.IntegrityError:
            return Undone(group, used(record, key))
        changes.touch(table, key)
        return Undone(group)
