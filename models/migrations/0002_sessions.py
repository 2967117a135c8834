"""Session events say where, for how long and for which program a session ran, and can be searched."""

from __future__ import annotations

from typing import Any

_BATCH = 5_000
_COLUMNS = (
    "search_text TEXT NOT NULL DEFAULT ''",
    "computer TEXT NOT NULL DEFAULT ''",
    "program TEXT NOT NULL DEFAULT ''",
    "client_id TEXT NOT NULL DEFAULT ''",
    "is_open INTEGER NOT NULL DEFAULT 0",
    "duration_ms INTEGER",
)


def up(migrator: Any, db: Any) -> None:
    """Add the columns, fill the search text, and index what begins, ends and is deleted."""
    for column in _COLUMNS:
        db.execute_sql(f"ALTER TABLE session_event ADD COLUMN {column}")
    _fill_search_text(db)
    db.execute_sql("CREATE INDEX session_event_open ON session_event (session_id) WHERE is_open = 1")
    db.execute_sql("CREATE INDEX session_event_kind ON session_event (kind, at)")


def _fill_search_text(db: Any) -> None:
    """The words as every search text has them: folded, each after a blank."""
    last = 0
    while True:
        rows = db.execute_sql(
            "SELECT id, event, kind, user_id, codeunit, comment FROM session_event WHERE id > ?"
            " ORDER BY id LIMIT ?",
            (last, _BATCH),
        ).fetchall()
        if not rows:
            return
        texts = [(" " + " ".join(" ".join(row[1:]).casefold().split()), row[0]) for row in rows]
        db.connection().executemany("UPDATE session_event SET search_text = ? WHERE id = ?", texts)
        last = rows[-1][0]
