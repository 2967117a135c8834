"""The card of one integration: what it reads, which fields it fills, and how its records are processed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.imports.integrations import setup_choices
from desktop.imports.integrations.definition import HEADER
from desktop.imports.integrations.mapped_fields import Mapping
from desktop.imports.integrations.setup_choices import Choices, Watching
from desktop.imports.integrations.targets import find_target
from desktop.tasks.task import TaskError
from models.changes import Change
from models.integration import ErrorPolicy, Integration
from models.job_queue import JobQueueCategory, JobQueueEntry
from models.record_edit import Values
from ui.framework.card_page import CardPage, Tab
from ui.framework.choice_editors import make_editor
from ui.framework.command_bar import Action
from ui.framework.editors import FieldEditor
from ui.integration_setup.card_choices import CardChoices, limit_hint, short_rule
from ui.integration_setup.folder_editor import FolderEditor
from ui.integration_setup.integration_actions import IntegrationActions
from ui.integration_setup.mapping_part import MappingPart
from ui.integration_setup.reading_part import ReadingPart
from ui.integration_setup.watch_part import WatchPart
from ui.widgets.fast_tab import FastTab

READING: Final = "Source and reading"
NONE: Final = "None"
DATE_HINT: Final = "Such as DD.MM.YYYY or MM/DD/YYYY"
RETENTION_HINT: Final = "0: as long as the company keeps imports"
RUN_AS_HINT: Final = "Empty: as whoever imports"


class IntegrationCard(CardPage):
    """One integration."""

    NAME = "integration_card"
    TITLE = "Integration Card"
    RECORD = Integration
    TABS = (
        Tab(
            "General",
            ("code", "description", "target_table", "direction"),
            summary=("description", "target_table"),
        ),
        Tab(
            READING,
            ("source_type", "null_text", "decimal_separator", "date_format"),
            summary=("source_type", "decimal_separator", "date_format"),
            expanded=False,
        ),
        Tab(
            "Processing",
            ("execution_mode", "match_field", "match_mode", "control_field", "category_code"),
            summary=("execution_mode", "match_mode"),
        ),
        Tab(
            "Post-processing",
            ("post_processing_codeunit", "post_processing_trigger"),
            summary=("post_processing_codeunit",),
            expanded=False,
        ),
        Tab("Errors", ("error_policy", "error_limit"), summary=("error_policy",), expanded=False),
        Tab("Notifications", ("notify_success", "notify_errors"), expanded=False),
        Tab(
            "Watched folder",
            ("watched_folder", "watched_pattern"),
            summary=("watched_folder",),
            expanded=False,
        ),
        Tab(
            "Retention and rights",
            ("retention_days", "run_as_user_id"),
            summary=("run_as_user_id",),
            expanded=False,
        ),
    )

    _reading: ReadingPart | None = None
    _mapping: Mapping | None = None

    # ---- how it comes about

    def make_editor(self, name: str, *, read_only: bool) -> FieldEditor:
        if not hasattr(self, "choices"):
            self.choices = CardChoices(self)
            self.choices.table_chosen.connect(self._on_table_chosen)
        chosen = self.choices.make(name, read_only=read_only)
        if chosen is not None:
            return chosen
        if name == "watched_folder":
            return FolderEditor(self.RECORD.rule(name), self.context.clock, read_only=read_only)
        made = make_editor(short_rule(name), self.context.clock, self.context.hub, read_only=read_only)
        if name == "date_format":
            made.row.set_hint(DATE_HINT)
        elif name == "retention_days":
            made.row.set_hint(RETENTION_HINT)
        elif name == "run_as_user_id":
            made.row.set_hint(RUN_AS_HINT)
        return made

    def lower_parts(self) -> Iterable[QWidget]:
        self.actions_of_setup = IntegrationActions(self.context, self)
        self.actions_of_setup.refused.connect(self._on_refused)
        self.actions_of_setup.deleted.connect(self._on_gone)
        self.mapping = MappingPart(self.context, self.banners)
        self.watch = WatchPart(self.context, self.banners, self)
        self.watch.shown.connect(self._on_watching)
        self.mapping.loaded.connect(self._on_mapping)
        return (self.mapping,)

    def _make_tab(self, tab: Tab, room: QWidget) -> FastTab:
        made = super()._make_tab(tab, room)
        if tab.title == READING:
            made.toggled.connect(self._on_reading_toggled)
        return made

    @property
    def reading(self) -> ReadingPart:
        """How files are read, made when it is first looked at: most people open the card for something else."""
        if self._reading is None:
            self._reading = ReadingPart(self.context, self.banners)
            next(tab for known, tab in self._tabs if known.title == READING).add_widget(self._reading)
            self._show_reading()
        return self._reading

    def _on_reading_toggled(self, expanded: bool) -> None:
        if expanded:
            self.reading.show()

    def _show_reading(self) -> None:
        if self._reading is not None:
            self._reading.show_mapping(self._mapping)
        self._show_kind()

    def _show_kind(self) -> None:
        if self._reading is not None:
            self._reading.show_kind(str(self.values.get("source_type") or "Any"))

    def defaults(self) -> Values:
        return {
            "target_table": "",  # a person chooses: once the integration is saved, it stays
            "direction": "Import",
            "source_type": "Any",
            "execution_mode": "Deferred Job Queue",
            "match_field": "",
            "match_mode": "Create and Update",
            "decimal_separator": ".",
            "date_format": "YYYY-MM-DD",
            "post_processing_trigger": "After Processing",
            "notify_success": True,
            "notify_errors": True,
            "error_policy": ErrorPolicy.GO_ON.value,
            "watched_pattern": "*",
        }

    def editable(self, name: str) -> bool:
        if name == "target_table":
            return not self.key  # its fields are the table's from then on
        if name == "error_limit":
            return self.values.get("error_policy") != ErrorPolicy.GO_ON
        if name == "post_processing_trigger":
            return bool(self.values.get("post_processing_codeunit"))
        return super().editable(name)

    def card_actions(self) -> Sequence[Action]:
        known = bool(self.key)
        return (
            Action("import", "Import…", "arrow_import", self._import, enabled=known, primary=True),
            Action("records", "Records", "table_simple", self._open_records, "Ctrl+F7", enabled=known),
            Action("runs", "Imports", "history", self._open_runs, enabled=known),
            Action("watch", "Start watching", "eye", self._start_watching, enabled=False),
            Action("unwatch", "Stop watching", "dismiss_circle", self._stop_watching, enabled=False),
            Action("copy", "Copy…", "copy", self._copy, enabled=known),
            Action("from_file", "New from a file…", "document_table", self._from_file),
            Action("export", "Export definition…", "arrow_download", self._export, enabled=known),
            Action("take_in", "Import definition…", "arrow_upload", self._take_in),
            Action("watch_job", "Show the watching job", "tasks_app", self._watch_job, enabled=False),
        )

    def folding_tabs(self) -> list[FastTab]:
        first, *others = super().folding_tabs()
        return [first, self.mapping.tab, *others]

    # ---- its life

    def on_open(self) -> None:
        super().on_open()
        self.mapping.show_integration(self.key)
        self.context.hub.query(
            self, setup_choices.choices, self._on_choices, self._on_choices_failed, key="choices"
        )
        if self.key:
            self.watch.show_integration(self.key)
        else:
            self._offer_table(self.values["target_table"])

    def on_after_get_current_record(self, values: Values) -> None:
        self.mapping.show_integration(self.key)
        self.watch.show_integration(self.key)
        self.choices.show_table(values["target_table"])
        for key in ("import", "records", "runs", "copy", "export"):
            self.set_action_enabled(key, True)
        self._show_dependent()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        super().on_records_changed(changes)
        self.mapping.on_records_changed(changes)
        tables = {change.table for change in changes}
        if JobQueueEntry.table() in tables:
            self.watch.read()
        if JobQueueCategory.table() in tables:
            self.context.hub.query(
                self, setup_choices.choices, self._on_choices, self._on_choices_failed, key="choices"
            )

    def on_close(self) -> None:
        self.mapping.commit()
        super().on_close()
        self.mapping.close_part()
        if self._reading is not None:
            self._reading.close_part()
        self.watch.close_part()
        self.actions_of_setup.close_actions()

    def show_record(self, key: str) -> None:
        self.mapping.commit()
        super().show_record(key)

    # ---- what it shows

    def _on_mapping(self, mapping: Mapping | None) -> None:
        self._mapping = mapping
        self._show_reading()
        if mapping is not None and mapping.fields:
            mapped = [
                (field.target_field, field.caption) for field in mapping.fields if field.level == HEADER
            ]
            self.choices.show_table(mapping.target_table, mapped)

    def _on_choices(self, choices: Choices) -> None:
        self.choices.show_choices(choices)
        self._show_summaries()

    def _on_choices_failed(self, error: TaskError) -> None:
        self.banners.show_banner("choices", "warn", "Not everything can be chosen.", error.text)

    def _show_dependent(self) -> None:
        """What one field means for others: a limit without a policy, a moment without a codeunit."""
        for name in ("error_limit", "post_processing_trigger"):
            self.editor(name).set_read_only(not self.editable(name))
        self.editor("error_limit").row.set_hint(limit_hint(self.values))
        self._show_kind()
        self._show_watching_actions()

    def _show_summaries(self) -> None:
        super()._show_summaries()
        tabs = {tab.title: fast_tab for tab, fast_tab in self._tabs}
        values = self.values
        told = [
            words
            for name, words in (
                ("notify_success", "when it succeeds"),
                ("notify_errors", "when it has errors"),
            )
            if values.get(name)
        ]
        tabs["Notifications"].set_summary(" and ".join(told).capitalize() if told else NONE)
        for title, name in (
            ("Post-processing", "post_processing_codeunit"),
            ("Watched folder", "watched_folder"),
        ):
            if not values.get(name):
                tabs[title].set_summary(NONE)

    def _on_watching(self, _watching: Watching) -> None:
        self.editor("watched_folder").row.set_hint(self.watch.words())
        self._show_watching_actions()

    def _show_watching_actions(self) -> None:
        watching = self.watch.watching
        self.set_action_enabled("watch", bool(self.values.get("watched_folder")) and not watching.active)
        self.set_action_enabled("unwatch", watching.active)
        self.set_action_enabled("watch_job", bool(watching.job_id))

    def _on_table_chosen(self, table: str) -> None:
        """A new integration is for another table: records are found by its key, unless a person says otherwise."""
        if not self.key:
            self._offer_table(table)

    def _offer_table(self, table: str) -> None:
        target = find_target(table)
        if target is None:
            return
        self.choices.show_table(table)
        self._values["match_field"] = target.record.key_field()
        self.editor("match_field").show_value(target.record.key_field())

    def _on_created(self, key: str) -> None:
        super()._on_created(key)
        self.mapping.begin(key)

    # ---- what happens

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner("setup", "warn", title, text)

    def _delete(self) -> None:
        if self.key:
            self.actions_of_setup.delete(self.key)

    def _on_gone(self) -> None:
        for editor in self._editors.values():
            editor.undo()
        self.request_close()

    def _import(self) -> None:
        self.context.import_file(integration_code=self.key)

    def _open_records(self) -> None:
        self.context.navigate("integration_records", integration=self.key)

    def _open_runs(self) -> None:
        self.context.navigate("import_runs", integration=self.key)

    def _start_watching(self) -> None:
        self.commit_all()
        self.watch.start()

    def _stop_watching(self) -> None:
        self.watch.stop()

    def _watch_job(self) -> None:
        self.watch.show_job()

    def _copy(self) -> None:
        self.actions_of_setup.copy(self.key, str(self.values.get("description") or ""))

    def _from_file(self) -> None:
        self.actions_of_setup.create_from_file()

    def _export(self) -> None:
        self.actions_of_setup.export_definition(self.key)

    def _take_in(self) -> None:
        self.actions_of_setup.import_definition()
