"""Imports of every kind: documents, transformations, dry runs, undo, post-processing, watched folders."""

from __future__ import annotations

from typing import Any

_INTEGRATION = (
    "post_processing_codeunit TEXT NOT NULL DEFAULT ''",
    "post_processing_trigger TEXT NOT NULL DEFAULT 'After Processing'",
    "notify_success INTEGER NOT NULL DEFAULT 1",
    "notify_errors INTEGER NOT NULL DEFAULT 1",
    "error_policy TEXT NOT NULL DEFAULT 'Go On'",
    "error_limit INTEGER NOT NULL DEFAULT 0",
    "retention_days INTEGER NOT NULL DEFAULT 0",
    "run_as_user_id TEXT NOT NULL DEFAULT ''",
    "control_field TEXT NOT NULL DEFAULT ''",
    "watched_folder TEXT NOT NULL DEFAULT ''",
    "watched_pattern TEXT NOT NULL DEFAULT '*'",
    "watched_job_id TEXT NOT NULL DEFAULT ''",
    "version INTEGER NOT NULL DEFAULT 1",
)
_FIELD = (
    "level INTEGER NOT NULL DEFAULT 0",
    "column_type TEXT NOT NULL DEFAULT 'Standard'",
    "expression TEXT NOT NULL DEFAULT ''",
    "transforms TEXT NOT NULL DEFAULT '{}'",
    "lookup_missing TEXT NOT NULL DEFAULT 'Error'",
)
_RUN_BEFORE = (
    "id, integration_code, definition, file_name, file_path, file_sha256, file_size, dialect, header, state, job_id,"
    " user_id, rows, ready, created, updated, unchanged, errors, excluded, cursor, owner, token, revision,"
    " created_at, started_at, ended_at"
)
# The rule of the counters has another term, and SQLite changes a rule by copying the table.
_RUN = """CREATE TABLE new_import_run (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        integration_code TEXT NOT NULL,
        definition TEXT NOT NULL,
        source TEXT NOT NULL DEFAULT 'Manual',
        file_name TEXT NOT NULL,
        file_path TEXT NOT NULL DEFAULT '',
        file_sha256 TEXT NOT NULL DEFAULT '',
        file_size INTEGER NOT NULL DEFAULT 0,
        file_rows INTEGER NOT NULL DEFAULT 0,
        dialect TEXT NOT NULL DEFAULT '{}',
        header TEXT NOT NULL DEFAULT '[]',
        line_file_name TEXT NOT NULL DEFAULT '',
        line_file_path TEXT NOT NULL DEFAULT '',
        line_file_sha256 TEXT NOT NULL DEFAULT '',
        line_dialect TEXT NOT NULL DEFAULT '{}',
        line_header TEXT NOT NULL DEFAULT '[]',
        state TEXT NOT NULL DEFAULT 'Reading',
        job_id TEXT NOT NULL DEFAULT '',
        post_job_id TEXT NOT NULL DEFAULT '',
        undo_job_id TEXT NOT NULL DEFAULT '',
        user_id TEXT NOT NULL DEFAULT '',
        rows INTEGER NOT NULL DEFAULT 0,
        ready INTEGER NOT NULL DEFAULT 0,
        created INTEGER NOT NULL DEFAULT 0,
        updated INTEGER NOT NULL DEFAULT 0,
        unchanged INTEGER NOT NULL DEFAULT 0,
        errors INTEGER NOT NULL DEFAULT 0,
        excluded INTEGER NOT NULL DEFAULT 0,
        reversed INTEGER NOT NULL DEFAULT 0,
        documents INTEGER NOT NULL DEFAULT 0,
        documents_created INTEGER NOT NULL DEFAULT 0,
        documents_updated INTEGER NOT NULL DEFAULT 0,
        documents_unchanged INTEGER NOT NULL DEFAULT 0,
        control_field TEXT NOT NULL DEFAULT '',
        control_file INTEGER,
        control_staged INTEGER,
        control_target INTEGER,
        reading_ms INTEGER NOT NULL DEFAULT 0,
        processing_ms INTEGER NOT NULL DEFAULT 0,
        post_processing_ms INTEGER NOT NULL DEFAULT 0,
        dry_run TEXT NOT NULL DEFAULT '',
        undo TEXT NOT NULL DEFAULT '',
        cursor INTEGER NOT NULL DEFAULT 0,
        owner TEXT NOT NULL DEFAULT '',
        token INTEGER NOT NULL DEFAULT 0,
        revision INTEGER NOT NULL DEFAULT 0,
        created_at TEXT NOT NULL,
        started_at TEXT,
        ended_at TEXT,
        undone_at TEXT,
        CHECK (rows = ready + created + updated + unchanged + errors + excluded + reversed)
    )"""
_STATEMENTS = (
    *(f"ALTER TABLE integration ADD COLUMN {column}" for column in _INTEGRATION),
    *(f"ALTER TABLE integration_field ADD COLUMN {column}" for column in _FIELD),
    "UPDATE integration_field SET column_type = 'Constant' WHERE constant <> ''",
    _RUN,
    f"INSERT INTO new_import_run ({_RUN_BEFORE}, file_rows) SELECT {_RUN_BEFORE}, rows FROM import_run",
    "DROP TABLE import_run",
    "ALTER TABLE new_import_run RENAME TO import_run",
    "CREATE INDEX import_run_integration ON import_run (integration_code, id)",
    "CREATE INDEX import_run_sha256 ON import_run (integration_code, file_sha256)",
    "ALTER TABLE integration_record ADD COLUMN part INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE integration_record ADD COLUMN document_no INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX integration_record_document ON integration_record (run_id, document_no)"
    " WHERE document_no > 0",
    "CREATE INDEX sales_header_external ON sales_header (external_document_no)"
    " WHERE external_document_no <> ''",
    """CREATE TABLE integration_header (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        integration_code TEXT NOT NULL REFERENCES integration (code) ON DELETE CASCADE,
        level INTEGER NOT NULL DEFAULT 0,
        target_field TEXT NOT NULL,
        header TEXT NOT NULL,
        used_at TEXT NOT NULL
    )""",
    "CREATE UNIQUE INDEX integration_header_header"
    " ON integration_header (integration_code, level, target_field, header)",
    """CREATE TABLE import_change (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id INTEGER NOT NULL,
        record_id INTEGER NOT NULL,
        table_name TEXT NOT NULL,
        record_key TEXT NOT NULL,
        before TEXT,
        after TEXT NOT NULL DEFAULT '{}'
    )""",
    "CREATE INDEX import_change_run ON import_change (run_id, record_id)",
    """CREATE TABLE post_process_entry (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id INTEGER NOT NULL,
        document_no INTEGER NOT NULL DEFAULT 0,
        table_name TEXT NOT NULL,
        record_key TEXT NOT NULL,
        was_created INTEGER NOT NULL DEFAULT 0,
        codeunit TEXT NOT NULL,
        status TEXT NOT NULL DEFAULT 'Ready',
        attempts INTEGER NOT NULL DEFAULT 0,
        error_code TEXT NOT NULL DEFAULT '',
        error_message TEXT NOT NULL DEFAULT '',
        error_hint TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL,
        ended_at TEXT
    )""",
    "CREATE UNIQUE INDEX post_process_entry_record"
    " ON post_process_entry (run_id, table_name, record_key, codeunit)",
    "CREATE INDEX post_process_entry_status ON post_process_entry (run_id, status, id)",
)

# Rights that the shipped sets have besides, as "set: permission".
_RIGHTS = (
    ("ORDER PROCESSOR", "Table post_process_entry RM"),
    ("ORDER PROCESSOR", "Codeunit dry_run_import X"),
    ("ORDER PROCESSOR", "Codeunit undo_import X"),
    ("ORDER PROCESSOR", "Codeunit export_errors X"),
    ("ORDER PROCESSOR", "Codeunit take_back_errors X"),
    ("ORDER PROCESSOR", "Codeunit reconcile_import X"),
    ("ORDER PROCESSOR", "Codeunit post_process_import X"),
    ("ORDER PROCESSOR", "Codeunit release_sales_orders X"),
    ("DATA MANAGER", "Table integration_header RIMD"),
    ("DATA MANAGER", "Table import_change RIMD"),
    ("DATA MANAGER", "Table post_process_entry RIMD"),
    ("DATA MANAGER", "Codeunit look_at_file X"),
    ("DATA MANAGER", "Codeunit dry_run_import X"),
    ("DATA MANAGER", "Codeunit undo_import X"),
    ("DATA MANAGER", "Codeunit export_errors X"),
    ("DATA MANAGER", "Codeunit take_back_errors X"),
    ("DATA MANAGER", "Codeunit reconcile_import X"),
    ("DATA MANAGER", "Codeunit post_process_import X"),
    ("DATA MANAGER", "Codeunit watch_folder X"),
    ("DATA MANAGER", "Codeunit release_sales_orders X"),
)


def _grant(db: Any, code: str, permission: str) -> None:
    object_type, name, rights = permission.split()
    db.execute_sql(
        "INSERT INTO permission (set_code, object_type, object_name,"
        " may_read, may_insert, may_modify, may_delete, may_execute)"
        " SELECT code, ?, ?, ?, ?, ?, ?, ? FROM permission_set WHERE code = ? AND NOT EXISTS"
        " (SELECT 1 FROM permission WHERE set_code = ? AND object_type = ? AND object_name = ?)",
        (object_type, name, *(letter in rights for letter in "RIMDX"), code, code, object_type, name),
    )


def up(migrator: Any, db: Any) -> None:
    """Add the columns and the tables; what was imported keeps its meaning."""
    for statement in _STATEMENTS:
        db.execute_sql(statement)
    for code, permission in _RIGHTS:
        _grant(db, code, permission)
