"""The FastTabs of an import run's card: its file, its counts, its time, its errors, and what came after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.formats import count_text, counted, exact_text, when_text
from desktop.imports.afterwards.undo import UndoReport
from desktop.imports.sources.left_out import LeftOutRows, in_words
from models.import_run_lists import RunCard
from models.post_process_lists import PostProcessCounts, PostProcessReason
from ui.framework.context import PageContext
from ui.import_results.cause_list import CauseList
from ui.import_results.fact_grid import FactTab
from ui.import_results.run_list import size_text, took_text
from ui.import_results.run_work import CardShown
from ui.import_results.undo_list import UndoList
from ui.jobs.log_list import LogList
from ui.jobs.rows_list import RowsList
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import Label

__all__ = ["RunTabs"]

LIST_HEIGHT: Final = 200
LEAST_ROWS, MOST_ROWS = 2, 8
NO_JOB: Final = "-"
_DETECTED: Final = {
    "encoding": "encoding",
    "delimiter": "delimiter",
    "quote": "quote",
    "sheet": "sheet",
    "header_line": "titles in line",
    "array_path": "array",
    "format": "format",
}
_SIGNS: Final = {"\t": "tab", " ": "blank", ",": "comma", ";": "semicolon", "|": "bar"}
_FACTS: Final = {
    "Undo": (
        ("undone_at", "Undone"),
        ("undone", "Reversed"),
        ("kept", "Kept"),
        ("not_undone", "Failed"),
    ),
    "General": (
        ("integration", "Integration"),
        ("when", "Read"),
        ("target", "Becomes"),
        ("user", "By"),
        ("mode", "Execution mode"),
        ("source", "Came by"),
        ("match", "Match key"),
        ("again", "The same file"),
        ("dry_run", "Last dry run"),
    ),
    "File": (
        ("path", "Folder and file"),
        ("detected", "Read as"),
        ("size", "Size"),
        ("left_out", "Left out of it"),
        ("notes", "Told when read"),
        ("columns", "Columns"),
        ("sha256", "SHA-256"),
        ("lines_path", "File with the lines"),
        ("lines_detected", "Lines read as"),
        ("lines_sha256", "SHA-256 of the lines"),
    ),
    "Counts": (
        ("rows", "Rows in the file"),
        ("created", "Created"),
        ("updated", "Updated"),
        ("unchanged", "Unchanged"),
        ("errors", "Errors"),
        ("excluded", "Excluded"),
        ("reversed", "Reversed"),
        ("ready", "Not yet processed"),
        ("documents", "Documents"),
        ("documents_made", "Of these"),
    ),
    "Duration": (
        ("reading", "Reading"),
        ("started", "Processing began"),
        ("processing", "Processing"),
        ("ended", "Ended"),
        ("post", "Post-processing"),
        ("rate", "Rate"),
    ),
    "Post-processing": (
        ("codeunit", "Codeunit"),
        ("trigger", "When"),
        ("post_done", "Completed"),
        ("post_ready", "Ready"),
        ("post_errors", "Errors"),
        ("post_reversed", "Undone"),
        ("post_why", "What is wrong"),
    ),
    "Job and log": (("jobs", "Jobs"),),
}
"""The facts of each tab: what they are called in the program, and by people."""


class RunTabs(QWidget):
    """Everything of the card below the state."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self._context = context
        self.tabs: dict[str, FactTab] = {}
        self._tab_of: dict[str, FactTab] = {}
        self.causes = CauseList()
        self.more_causes = Label("", "caption", "fg3", wrap=True)
        self.undo = UndoList()
        self.more_undo = Label("", "caption", "fg3", wrap=True)
        self.log = LogList(context, (NO_JOB,))
        self.entries_button = Button("Open post-process entries", "link")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._arrange()
        theme().changed.connect(self._rescale)
        self._rescale()

    # ---- what the page does

    def show_card(self, shown: CardShown) -> None:
        """Show what the database has of a run."""
        card = shown.card
        if card is None:
            return
        self._show_general(card, shown)
        self._show_file(card)
        self._show_counts(card)
        self._show_time(card)
        self.causes.show_causes(shown.groups)
        self._fit(self.causes)
        left = shown.causes - len(shown.groups)
        self.more_causes.setText(f"{count_text(left)} more causes stand on the page Integration Records.")
        self.more_causes.setVisible(left > 0)
        self.tabs["Errors by cause"].set_summary(counted(shown.causes, "cause"))
        self._show_post_processing(card, shown)
        self._show_undo(card, shown.undo)
        self._show_jobs(card)

    @property
    def facts(self) -> dict[str, str]:
        """Everything that is said, by key."""
        return {key: text for tab in self.tabs.values() for key, text in tab.texts.items()}

    # ---- how it comes about

    def _arrange(self) -> None:
        self._add("Undo", self.undo, self.more_undo)
        self._add("General")
        self._add("File", expanded=False)
        self._add("Counts", expanded=False)
        self._add("Duration")
        self._add("Errors by cause", self.causes, self.more_causes)
        self._add("Post-processing", self.entries_button, expanded=False)
        self._add("Job and log", self.log)

    def _add(self, title: str, *wide: QWidget, expanded: bool = True) -> None:
        captions = _FACTS.get(title, ())
        tab = FactTab(title, captions, expanded=expanded)
        for key, _ in captions:
            self._tab_of[key] = tab
        for widget in wide:
            tab.add_widget(widget)
        self.tabs[title] = tab
        self._column.addWidget(tab)

    def _rescale(self) -> None:
        px = theme().px
        self._column.setSpacing(px(12))
        self.log.setMinimumHeight(px(LIST_HEIGHT))
        for rows in (self.causes, self.undo):
            self._fit(rows)

    def _fit(self, rows: RowsList) -> None:
        """Give a list the height of its rows, within reason."""
        shown = min(max(len(rows.table.rows.rows), LEAST_ROWS), MOST_ROWS)
        rows.setFixedHeight(rows.table.height_of(shown) + 2)

    # ---- what it shows

    def _set(self, key: str, text: str, tip: str = "") -> None:
        self._tab_of[key].set_fact(key, text, tip)

    def _set_moment(self, key: str, moment: datetime | None) -> None:
        now = self._context.clock.now()
        self._set(key, when_text(moment, now), exact_text(moment) if moment is not None else "")

    def _show_general(self, card: RunCard, shown: CardShown) -> None:
        row = card.row
        said = card.integration if card.has_integration else "deleted since"
        named = f"{row.integration_code}  {said}".rstrip()
        self._set("integration", named)
        self._set_moment("when", row.created_at)
        self._set("target", shown.target)
        self._set("user", row.user_id)
        self._set("mode", shown.mode)
        self._set("source", row.source)
        self._set("match", shown.match)
        others = len(card.same_file)
        self._set("again", f"Imported {counted(others, 'more time')}" if others else "Imported only here")
        self._set("dry_run", shown.dry_run)
        self._tab_of["dry_run"].show_fact("dry_run", bool(shown.dry_run))
        self.tabs["General"].set_summary(row.integration_code, row.user_id)

    def _show_file(self, card: RunCard) -> None:
        row = card.row
        self._set("path", row.file_path or row.file_name)
        self._set("detected", _detected(card.dialect))
        self._set("size", f"{size_text(row.file_size)} · {counted(card.file_rows, 'row')}")
        told = _left_out(card.dialect) + (_left_out(card.line_dialect) if card.line_file_name else [])
        self._set("left_out", in_words(told), "\n".join(rows.text for rows in told))
        self._tab_of["left_out"].show_fact("left_out", bool(told))
        notes = [*card.dialect.get("notes", ()), *card.line_dialect.get("notes", ())]
        self._set("notes", *_first_and_all(notes, "note"))
        self._tab_of["notes"].show_fact("notes", bool(notes))
        self._set("columns", ", ".join(card.header))
        self._set("sha256", card.file_sha256)
        self._set("lines_path", card.line_file_path or card.line_file_name)
        self._set("lines_detected", _detected(card.line_dialect) if card.line_file_name else "")
        self._set("lines_sha256", card.line_file_sha256)
        for key in ("lines_path", "lines_detected", "lines_sha256"):
            self._tab_of[key].show_fact(key, bool(card.line_file_name))
        self.tabs["File"].set_summary(row.file_name, size_text(row.file_size))

    def _show_counts(self, card: RunCard) -> None:
        row = card.row
        for key in ("rows", "created", "updated", "unchanged", "errors", "excluded", "reversed", "ready"):
            self._set(key, count_text(getattr(row, key)))
        self._set("documents", count_text(row.documents))
        parts = (
            (card.documents_created, "created"),
            (card.documents_updated, "updated"),
            (card.documents_unchanged, "unchanged"),
        )
        self._set(
            "documents_made", ", ".join(f"{count_text(number)} {word}" for number, word in parts if number)
        )
        for key in ("documents", "documents_made"):
            self._tab_of[key].show_fact(key, bool(row.documents))
        self.tabs["Counts"].set_summary(counted(row.rows, "row"))

    def _show_time(self, card: RunCard) -> None:
        row = card.row
        for key, ms in (
            ("reading", row.reading_ms),
            ("processing", row.processing_ms),
            ("post", row.post_processing_ms),
        ):
            self._set(key, took_text(ms))
        self._set_moment("started", card.started_at)
        self._set_moment("ended", row.ended_at)
        rate = card.records_per_second
        self._set("rate", f"{count_text(rate)} rows a second" if rate else "")
        self.tabs["Duration"].set_summary(took_text(row.total_ms))

    def _show_post_processing(self, card: RunCard, shown: CardShown) -> None:
        counts = card.post_processing
        self._set("codeunit", shown.post_codeunit or "None")
        self._set("trigger", shown.post_trigger if shown.post_codeunit else "")
        self._set("post_done", count_text(counts.completed) if counts.total else "")
        self._set("post_ready", count_text(counts.ready) if counts.total else "")
        self._set("post_errors", count_text(counts.errors) if counts.total else "")
        self._set("post_reversed", count_text(counts.reversed))
        self._tab_of["post_reversed"].show_fact("post_reversed", bool(counts.reversed))
        self._set("post_why", *_reasons(card.post_reasons))
        self._tab_of["post_why"].show_fact("post_why", bool(card.post_reasons))
        self.entries_button.setVisible(bool(counts.total))
        tab = self.tabs["Post-processing"]
        tab.set_summary(_post_summary(counts))
        tab.set_error_count(counts.errors)

    def _show_undo(self, card: RunCard, report: UndoReport | None) -> None:
        tab = self.tabs["Undo"]
        tab.setVisible(report is not None)
        if report is None:
            return
        if report.finished:
            self._set_moment("undone_at", card.undone_at)
        else:
            stopped = "Stopped before its end; choose Undo…, and it goes on with the rest."
            self._set("undone_at", "Under way" if card.row.under_way else stopped)
        self._set("undone", count_text(report.reversed))
        self._set("kept", f"{count_text(report.kept)}, edited since" if report.kept else "None")
        self._set("not_undone", count_text(report.failed) if report.failed else "None")
        self.undo.show_report(report)
        self._fit(self.undo)
        self.undo.setVisible(bool(report.kept or report.failed))
        untold = report.kept + report.failed - len(report.kept_rows) - len(report.failed_rows)
        self.more_undo.setText(f"{count_text(untold)} more are not listed here.")
        self.more_undo.setVisible(untold > 0)
        tab.set_summary(report.text)

    def _show_jobs(self, card: RunCard) -> None:
        words = "   ".join(f"{job.purpose}: {job.status}" for job in card.jobs)
        self._set("jobs", words or ("None: it was processed at once" if card.started_at else "None yet"))
        job_ids = tuple(card.log_jobs) or (NO_JOB,)
        self.log.setVisible(bool(card.log_jobs))
        if job_ids != self.log.job_ids or not self.log.is_loaded:
            self.log.show_jobs(job_ids)
        self.tabs["Job and log"].set_summary(*(f"{job.purpose}: {job.status}" for job in card.jobs))


def _detected(dialect: dict[str, Any]) -> str:
    """What was found out about a file, in one line."""
    parts = []
    for key, word in _DETECTED.items():
        value = dialect.get(key)
        if value not in (None, "", 0):
            parts.append(f"{word} {_SIGNS.get(str(value), value)}")
    return ", ".join(parts)


def _left_out(dialect: dict[str, Any]) -> list[LeftOutRows]:
    """The rows of a file that are none of its records."""
    return msgspec.convert(dialect.get("left_out", []), list[LeftOutRows])


def _post_summary(counts: PostProcessCounts) -> str:
    if not counts.total:
        return "None"
    left = counts.total - counts.reversed
    parts = [f"{count_text(counts.completed)} of {count_text(left)} completed"] if left else []
    return ", ".join([*parts, *([f"{count_text(counts.reversed)} undone"] if counts.reversed else [])])


def _reasons(reasons: Sequence[PostProcessReason]) -> tuple[str, str]:
    """The most frequent reason in a line, and all of them for the tooltip."""
    return _first_and_all(
        [f"{count_text(reason.records)} × {reason.message} {reason.hint}".strip() for reason in reasons],
        "reason",
    )


def _first_and_all(lines: Sequence[str], word: str) -> tuple[str, str]:
    """The first line with how many more there are, and all of them for the tooltip."""
    more = f" ({counted(len(lines) - 1, f'more {word}')})" if len(lines) > 1 else ""
    return (f"{lines[0]}{more}", "\n".join(lines)) if lines else ("", "")
