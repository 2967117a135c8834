"""The list of integrations, each with what its last import came to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from desktop.formats import date_text
from desktop.imports.integrations.setup_choices import key_choices
from desktop.imports.integrations.targets import find_target
from models.fields import shown_time
from models.import_rows import COMPLETED_WITH_ERRORS, status_sql
from models.integration import Integration
from models.list_query import ListQuery
from models.rules import Kind
from ui.framework.columns import Column, Paint
from ui.framework.command_bar import Action
from ui.framework.list_page import ListPage
from ui.integration_setup.integration_actions import IntegrationActions

_LAST: Final = (
    "integration LEFT JOIN import_run AS last"
    " ON last.id = (SELECT MAX(id) FROM import_run WHERE integration_code = integration.code)"
)
_COUNTED: Final = ("created", "updated", "unchanged", "errors", "excluded", "ready")
_COUNTS: Final = " || ' ' || ".join(f"last.{name}" for name in _COUNTED)
_SEARCHED: Final = "(' ' || LOWER(integration.code || ' ' || integration.description))"


def table_words(name: object) -> str:
    """What people call a table."""
    target = find_target(str(name))
    return target.record.CAPTION_PLURAL if target is not None else str(name or "")


def key_words(table_and_field: object) -> str:
    """The caption of a field, from its table and name with a dot between."""
    table, _, field = str(table_and_field or "").partition(".")
    captions = dict(key_choices(table))
    return " + ".join(captions.get(name.strip(), name.strip()) for name in field.split(","))


def count_words(counts: object) -> str:
    """ "67 created, 24 errors" from the six counts of a run, in the order of `_COUNTED`."""
    numbers = [int(number) for number in str(counts or "").split()]
    parts = [
        f"{number:,} {word if word != 'errors' or number != 1 else 'error'}"
        for word, number in zip(_COUNTED, numbers, strict=False)
        if number
    ]
    return ", ".join(parts)


def day_words(stored: object) -> str:
    """ "21 Nov 2026" from a stored moment."""
    return date_text(shown_time(str(stored)).astimezone().date()) if stored else ""


class IntegrationList(ListPage):
    """All integrations."""

    NAME = "integration_list"
    TITLE = "Integrations"
    SEARCH_TERMS = ("import", "mapping", "file", "excel", "csv", "upload")
    RECORD = Integration
    CARD = "integration_card"
    SORT = "code"
    WATCHED = ("import_run",)
    EMPTY_DETAIL = (
        "An integration says how one kind of file becomes customers, items or orders. "
        "Make the first one from such a file."
    )
    COLUMNS = (
        Column("code", "Code", Kind.CODE, 170, Paint.LINK, sql="integration.code"),
        Column(
            "description",
            "Description",
            width=300,
            paint=Paint.STRONG,
            sql="integration.description",
            stretch=True,
        ),
        Column("target_table", "Table", width=100, formatter=table_words, sql="integration.target_table"),
        Column(
            "status",
            "Last Import",
            width=150,
            paint=Paint.PILL,
            sql=status_sql("last"),
            longest=COMPLETED_WITH_ERRORS,
        ),
        Column(
            "counts",
            "Records",
            width=170,
            formatter=count_words,
            sql=_COUNTS,
            sortable=False,
            filterable=False,
            longest="100 0 0 9 0 0",
        ),
        Column(
            "read_at",
            "Read",
            width=110,
            formatter=day_words,
            sql="last.created_at",
            filterable=False,
            yields=True,
            longest="2026-09-30T12:00:00.000Z",
        ),
        Column("source_type", "Source Type", width=90, sql="integration.source_type", yields=True),
        Column("execution_mode", "Execution Mode", width=140, sql="integration.execution_mode", yields=True),
        Column(
            "match_field",
            "Match Key",
            width=90,
            formatter=key_words,
            sql="integration.target_table || '.' || integration.match_field",
            filterable=False,
            yields=True,
        ),
    )

    def empty_action(self) -> str:
        return "New from a file…"

    def on_empty_action(self) -> None:
        self._from_file()

    def base_query(self) -> ListQuery:
        return ListQuery(_LAST, "integration.code", (), search_column=_SEARCHED)

    @cached_property
    def setup_actions(self) -> IntegrationActions:
        """What can be done with whole integrations."""
        made = IntegrationActions(self.context, self)
        made.refused.connect(self._on_refused)
        return made

    def on_close(self) -> None:
        self.setup_actions.close_actions()
        super().on_close()

    def list_actions(self) -> Sequence[Action]:
        return (
            Action("import", "Import…", "arrow_import", self._import, enabled=False, primary=True),
            Action("records", "Records", "table_simple", self._open_records, "Ctrl+F7"),
            Action("runs", "Imports", "history", self._open_runs, enabled=False),
            Action("from_file", "New from a file…", "document_table", self._from_file),
            Action("copy_integration", "Copy…", "copy", self._copy_integration, enabled=False),
            Action("export", "Export definition…", "arrow_download", self._export, enabled=False),
            Action("take_in", "Import definition…", "arrow_upload", self._take_in),
        )

    def on_after_get_current_record(self, key: str) -> None:
        for action in ("import", "runs", "copy_integration", "export"):
            self.set_action_enabled(action, bool(key))

    def _import(self) -> None:
        self.context.import_file(integration_code=self.current_key())

    def _open_records(self) -> None:
        self.context.navigate("integration_records", integration=self.current_key())

    def _open_runs(self) -> None:
        self.context.navigate("import_runs", integration=self.current_key())

    def _from_file(self) -> None:
        self.setup_actions.create_from_file()

    def _copy_integration(self) -> None:
        row = self.model.row(self.view.currentIndex().row())
        place = self.model.column_index("description")
        description = str(self.model.value(row, place) or "") if row is not None else ""
        self.setup_actions.copy(self.current_key(), description)

    def _export(self) -> None:
        self.setup_actions.export_definition(self.current_key())

    def _take_in(self) -> None:
        self.setup_actions.import_definition()

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner("setup", "warn", title, text)
