"""The whole Job Queue: schedules, dependencies, history, rights, reports, mail, and who is told what."""

from __future__ import annotations

from typing import Any

_ENTRY = (
    "report_output TEXT NOT NULL DEFAULT ''",
    "recurring INTEGER NOT NULL DEFAULT 0",
    "retry_backoff INTEGER NOT NULL DEFAULT 1",
    "retry_cap_seconds INTEGER NOT NULL DEFAULT 3600",
    "stop_after_failures INTEGER NOT NULL DEFAULT 5",
    "failures_in_a_row INTEGER NOT NULL DEFAULT 0",
    "run_after_rule TEXT NOT NULL DEFAULT 'Finished'",
    "wake_table TEXT NOT NULL DEFAULT ''",
    "planned_at TEXT",
    "next_start TEXT",
    "last_ready_at TEXT",
    "checkpoint TEXT NOT NULL DEFAULT ''",
    "run_trigger TEXT NOT NULL DEFAULT ''",
    "total_runs INTEGER NOT NULL DEFAULT 0",
)
_LOG = (
    "object_type TEXT NOT NULL DEFAULT 'Codeunit'",
    "run_trigger TEXT NOT NULL DEFAULT ''",
    "planned_at TEXT",
    "delay_ms INTEGER NOT NULL DEFAULT 0",
    "duration_ms INTEGER",
    "progress_done INTEGER NOT NULL DEFAULT 0",
    "progress_total INTEGER NOT NULL DEFAULT 0",
    "progress_text TEXT NOT NULL DEFAULT ''",
    "exit_code INTEGER",
)
_STATEMENTS = (
    *(f"ALTER TABLE job_queue_entry ADD COLUMN {column}" for column in _ENTRY),
    *(f"ALTER TABLE job_queue_log_entry ADD COLUMN {column}" for column in _LOG),
    "ALTER TABLE job_queue_entry DROP COLUMN run_after",
    "ALTER TABLE scheduled_task ADD COLUMN tries INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE scheduled_task ADD COLUMN trouble_text TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE notification ADD COLUMN kind TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE notification ADD COLUMN source TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE notification ADD COLUMN repeats INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE notification ADD COLUMN report_id INTEGER",
    "ALTER TABLE notification ADD COLUMN banner INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE notification ADD COLUMN operating_system INTEGER NOT NULL DEFAULT 1",
    """CREATE TABLE job_queue_dependency (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        job_id TEXT NOT NULL,
        after_id TEXT NOT NULL
    )""",
    "CREATE UNIQUE INDEX job_queue_dependency_job ON job_queue_dependency (job_id, after_id)",
    "CREATE INDEX job_queue_dependency_after ON job_queue_dependency (after_id)",
    """CREATE TABLE job_queue_change (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        job_id TEXT NOT NULL,
        at TEXT NOT NULL,
        user_id TEXT NOT NULL DEFAULT '',
        field TEXT NOT NULL,
        old_value TEXT NOT NULL DEFAULT '',
        new_value TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX job_queue_change_job ON job_queue_change (job_id, id)",
    """CREATE TABLE permission_set (
        code TEXT PRIMARY KEY NOT NULL,
        description TEXT NOT NULL DEFAULT '',
        shipped INTEGER NOT NULL DEFAULT 0
    )""",
    """CREATE TABLE permission (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        set_code TEXT NOT NULL REFERENCES permission_set (code) ON DELETE CASCADE,
        object_type TEXT NOT NULL DEFAULT 'Table',
        object_name TEXT NOT NULL,
        may_read INTEGER NOT NULL DEFAULT 0,
        may_insert INTEGER NOT NULL DEFAULT 0,
        may_modify INTEGER NOT NULL DEFAULT 0,
        may_delete INTEGER NOT NULL DEFAULT 0,
        may_execute INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE UNIQUE INDEX permission_object ON permission (set_code, object_type, object_name)",
    """CREATE TABLE user_permission_set (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        user_id TEXT NOT NULL,
        set_code TEXT NOT NULL REFERENCES permission_set (code) ON DELETE CASCADE
    )""",
    "CREATE UNIQUE INDEX user_permission_set_user ON user_permission_set (user_id, set_code)",
    """CREATE TABLE report_inbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        user_id TEXT NOT NULL DEFAULT '',
        report TEXT NOT NULL,
        description TEXT NOT NULL DEFAULT '',
        output TEXT NOT NULL,
        file_name TEXT NOT NULL,
        size INTEGER NOT NULL DEFAULT 0,
        job_id TEXT NOT NULL DEFAULT '',
        log_id INTEGER,
        created_at TEXT NOT NULL,
        read_at TEXT
    )""",
    "CREATE INDEX report_inbox_user ON report_inbox (user_id, id)",
    """CREATE TABLE report_content (
        report_id INTEGER PRIMARY KEY REFERENCES report_inbox (id) ON DELETE CASCADE,
        content BLOB NOT NULL
    )""",
    """CREATE TABLE notification_setting (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        user_id TEXT NOT NULL DEFAULT '',
        kind TEXT NOT NULL,
        enabled INTEGER NOT NULL DEFAULT 1,
        banner INTEGER NOT NULL DEFAULT 1,
        operating_system INTEGER NOT NULL DEFAULT 1,
        email INTEGER NOT NULL DEFAULT 0,
        threshold INTEGER NOT NULL DEFAULT 1
    )""",
    "CREATE UNIQUE INDEX notification_setting_user ON notification_setting (user_id, kind)",
    """CREATE TABLE mail_setup (
        id INTEGER PRIMARY KEY,
        enabled INTEGER NOT NULL DEFAULT 0,
        host TEXT NOT NULL DEFAULT '',
        port INTEGER NOT NULL DEFAULT 587,
        security TEXT NOT NULL DEFAULT 'STARTTLS',
        login TEXT NOT NULL DEFAULT '',
        sender TEXT NOT NULL DEFAULT '',
        resting_until TEXT
    )""",
    """CREATE TABLE mail_message (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        recipient TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL DEFAULT '',
        status TEXT NOT NULL DEFAULT 'Waiting',
        tries INTEGER NOT NULL DEFAULT 0,
        not_before TEXT NOT NULL,
        error_text TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL,
        sent_at TEXT
    )""",
    "CREATE INDEX mail_message_waiting ON mail_message (not_before) WHERE status = 'Waiting'",
    """CREATE TABLE cue_setup (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        user_id TEXT NOT NULL DEFAULT '',
        cue TEXT NOT NULL,
        low_style TEXT NOT NULL DEFAULT 'None',
        threshold_1 INTEGER NOT NULL DEFAULT 0,
        middle_style TEXT NOT NULL DEFAULT 'None',
        threshold_2 INTEGER NOT NULL DEFAULT 0,
        high_style TEXT NOT NULL DEFAULT 'None'
    )""",
    "CREATE UNIQUE INDEX cue_setup_user ON cue_setup (user_id, cue)",
    """CREATE TABLE retention_policy (
        kind TEXT PRIMARY KEY NOT NULL,
        enabled INTEGER NOT NULL DEFAULT 1,
        keep_days INTEGER NOT NULL
    )""",
    "CREATE INDEX job_queue_entry_expires ON job_queue_entry (expires_at) WHERE expires_at IS NOT NULL",
    "CREATE INDEX job_queue_entry_wake ON job_queue_entry (wake_table) WHERE wake_table <> ''",
    "CREATE INDEX job_queue_entry_run_as ON job_queue_entry (run_as_user_id, status)",
    "CREATE INDEX job_queue_log_entry_end ON job_queue_log_entry (ended_at)",
    "CREATE INDEX notification_source ON notification (source, id) WHERE source <> ''",
)

# Each set: code, description, and its permissions as "type name rights", the rights by their first letters.
_SETS = (
    ("SUPER", "May do everything", ("Table * RIMD", "Codeunit * X")),
    ("READER", "May look at everything and change nothing", ()),
    (
        "ORDER PROCESSOR",
        "Sales orders, and customers without deleting them",
        (
            "Table sales_header RIMD",
            "Table sales_line RIMD",
            "Table customer RIM",
            "Table import_run RIM",
            "Table integration_record RM",
            "Table job_queue_entry RIM",
            "Table scheduled_task RIMD",
            "Codeunit process_import X",
            "Codeunit read_file X",
            "Codeunit preview_file X",
            "Codeunit run_report X",
        ),
    ),
    (
        "DATA MANAGER",
        "Customers, vendors, items, what they refer to, and integrations",
        (
            "Table customer RIMD",
            "Table vendor RIMD",
            "Table item RIMD",
            "Table country RIMD",
            "Table post_code RIMD",
            "Table payment_terms RIMD",
            "Table unit_of_measure RIMD",
            "Table number_series RIMD",
            "Table integration RIMD",
            "Table integration_field RIMD",
            "Table integration_value_map RIMD",
            "Table import_run RIMD",
            "Table integration_record RIMD",
            "Table job_queue_entry RIMD",
            "Table scheduled_task RIMD",
            "Codeunit process_import X",
            "Codeunit read_file X",
            "Codeunit preview_file X",
            "Codeunit recalculate_balances X",
            "Codeunit run_report X",
        ),
    ),
    (
        "JOB QUEUE ADMIN",
        "All jobs, their categories, logs and settings",
        (
            "Table job_queue_entry RIMD",
            "Table job_queue_log_entry RIMD",
            "Table job_queue_category RIMD",
            "Table job_queue_dependency RIMD",
            "Table job_queue_change RIMD",
            "Table scheduled_task RIMD",
            "Table worker RIMD",
            "Table session_event RIMD",
            "Table notification RIMD",
            "Table mail_setup RIMD",
            "Table mail_message RIMD",
            "Table retention_policy RIMD",
            "Codeunit * X",
        ),
    ),
)
_EVERYBODYS = (
    "Table * R",
    "Table cue_setup RIMD",
    "Table notification_setting RIMD",
    "Table report_inbox RMD",
)
"""What every set but SUPER allows besides: to look, and to set up what is one's own."""


def _ship(db: Any) -> None:
    for code, description, permissions in _SETS:
        db.execute_sql(
            "INSERT INTO permission_set (code, description, shipped) VALUES (?, ?, 1)", (code, description)
        )
        for permission in permissions if code == "SUPER" else (*_EVERYBODYS, *permissions):
            object_type, name, rights = permission.split()
            db.execute_sql(
                "INSERT INTO permission (set_code, object_type, object_name,"
                " may_read, may_insert, may_modify, may_delete, may_execute) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (code, object_type, name, *(letter in rights for letter in "RIMDX")),
            )


def up(migrator: Any, db: Any) -> None:
    """Add the columns and the tables; what exists keeps its meaning."""
    for statement in _STATEMENTS:
        db.execute_sql(statement)
    _ship(db)
