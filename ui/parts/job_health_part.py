"""Job queue health: who works, what has waited for longest and why, what failed today, and how much gets done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.changes import EVERYTHING
from desktop.formats import count_text, duration_text, evaluate, format_value, time_text, updated_text
from desktop.tasks.task import TaskError
from models.changes import Change
from ui.framework.auto_refresh import AutoRefresh
from ui.framework.context import PageContext
from ui.framework.part import STOPPED, Part, PartTask, Results
from ui.job_schedule.period import local_day, midnight
from ui.later import SIGN_AFTER_MS, later
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.cue_tile import HEIGHT
from ui.widgets.labels import ElidedLabel, IconLabel, Label, set_style_property
from ui.widgets.trouble_line import TroubleLine

CODEUNIT: Final = "job_queue_health"
TITLE: Final = "Job queue health"
TABLES: Final = frozenset({"job_queue_entry", "job_queue_category", "scheduled_task", "worker", EVERYTHING})
EVERY_S: Final = 30.0
LONG_WAIT_S: Final = 300  # a job that is due for so long deserves attention
LINE_HEIGHT = 21


class HealthLine(QWidget):
    """A drawing and a few words; the rest stands in the tool tip.

    Signals:
        opened: the words were pressed; only while they lead somewhere.
    """

    opened = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self._name = name
        self._icon = IconLabel("circle", "fg3", 14)
        self._label = ElidedLabel("", "caption", "fg2")
        self._link = Button("Open", "link", small=True)
        self._link.setProperty("flush", True)
        self._link.clicked.connect(self.opened)
        self._link.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(6))
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)
        row.addWidget(self._link)
        self.setFixedHeight(theme().px(LINE_HEIGHT))
        theme().changed.connect(self._rescale)

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def say(self, text: str, icon: str, tone: str = "", *, more: str = "", leads_on: str = "") -> None:
        """Show words.

        Args:
            tone: of the drawing, and of words that want attention: ok, warn, err; empty for neither.
            more: what the tool tip says besides.
            leads_on: what pressing it opens, for screen readers; empty when nothing.
        """
        self._icon.set_icon(icon, tone or "fg3", filled=bool(tone))
        self._label.setText(text)
        set_style_property(self._label, "tone", tone if tone in ("warn", "err") else "fg2")
        self._label.setToolTip(f"{text}\n{more}" if more else text)
        self._link.setVisible(bool(leads_on))
        self._link.setAccessibleName(leads_on)
        self.setAccessibleName(f"{self._name}: {text}. {more}".strip())

    def _rescale(self) -> None:
        self.setFixedHeight(theme().px(LINE_HEIGHT))


class JobHealthPart(Part):
    """See the module's docstring. It works itself out anew as long as it can be seen."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.card = Card(TITLE)
        self.foot = Label("", "caption", "fg3", tabular=True)
        self.worker, self.waiting = HealthLine("Workers"), HealthLine("Oldest waiting job")
        self.failures, self.done = HealthLine("Failures today"), HealthLine("Throughput")
        self.trouble = TroubleLine(TITLE)
        self.trouble.retry_requested.connect(self.refresh)
        self.waiting.opened.connect(self._open_waiting)
        self.failures.opened.connect(self._open_failed)
        self._waiting_id = ""
        self._computed_at: datetime | None = None
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        for line in (self.worker, self.waiting, self.failures, self.done):
            self._lines.addWidget(line)
        self.card.body.addWidget(self.trouble)
        self.card.body.addLayout(self._lines)
        self.card.body.addStretch(1)
        self.card.add_header_widget(self.foot)
        self.body.addWidget(self.card)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._sign = later(self, SIGN_AFTER_MS, self._show_busy)
        least_ms = context.settings.task_min_interval_ms
        self.auto_refresh = AutoRefresh(self, context.clock, EVERY_S, least_ms)
        self.auto_refresh.due.connect(self.refresh)
        theme().changed.connect(self._rescale)
        self._rescale()

    def part_tasks(self) -> Sequence[PartTask]:
        today = midnight(local_day(self.context.clock.now()))
        return (PartTask(CODEUNIT, {"midnight": format_value(today)}, cached=False),)

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        if {change.table for change in changes} & TABLES:
            self.follow_changes()

    def stop(self) -> None:
        super().stop()
        self._sign.stop()
        self.auto_refresh.begun()

    def show_loading(self) -> None:
        self._sign.start()

    def show_results(self, results: Results, computed_at: datetime) -> None:
        self._sign.stop()
        self._computed_at = computed_at
        self.trouble.say("")
        self.foot.setText(time_text(computed_at))
        self.foot.setToolTip(updated_text(computed_at, self.context.clock.now()))
        found = results[CODEUNIT]
        self._say_workers(found)
        self._say_waiting(found)
        self._say_runs(found)
        self.auto_refresh.ended(good=True)

    def show_error(self, error: TaskError) -> None:
        self._sign.stop()
        self.trouble.say(error.text, stopped=error.code == STOPPED.code)
        self.auto_refresh.ended(good=False)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rescale()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._sign.stop()

    # ---- how it works

    def _say_workers(self, found: Mapping[str, str]) -> None:
        workers, slots, busy = (evaluate(found[name], int) for name in ("workers", "slots", "busy"))
        if not workers:
            self.worker.say("No worker is online: jobs wait", "warning", "warn")
            return
        services = evaluate(found["services"], int)
        who = (
            f"{count_text(workers)} workers"
            if workers > 1
            else "Worker service"
            if services
            else "Worker online"
        )
        hosts = found["hosts"].split("\n")
        where = hosts[0] if len(hosts) == 1 else f"{count_text(len(hosts))} computers"
        self.worker.say(
            f"{who} on {where}, {count_text(busy)} of {count_text(slots)} slots busy",
            "checkmark_circle",
            "ok",
            more=", ".join(hosts) if len(hosts) > 1 else "",
        )

    def _say_waiting(self, found: Mapping[str, str]) -> None:
        self._waiting_id = found["waiting_id"]
        if not found["waiting_id"]:
            self.waiting.say("No job waits", "checkmark_circle", "ok")
            return
        waits_s = (self.context.clock.now() - evaluate(found["waiting_since"], datetime)).total_seconds()
        long = waits_s >= LONG_WAIT_S
        self.waiting.say(
            f"Oldest wait {duration_text(waits_s)}: {found['waiting']}",
            "hourglass",
            "warn" if long else "",
            more=found["waiting_why"],
            leads_on="Open the job that has waited for longest",
        )

    def _say_runs(self, found: Mapping[str, str]) -> None:
        failed, runs = evaluate(found["failed_today"], int), evaluate(found["runs_today"], int)
        hour = evaluate(found["runs_hour"], int)
        words = "No failures today" if not failed else f"{count_text(failed)} failed today"
        self.failures.say(
            words,
            "error_circle" if failed else "checkmark_circle",
            "err" if failed else "ok",
            leads_on="Open the log of failed runs" if failed else "",
        )
        ended = "1 run" if runs == 1 else f"{count_text(runs)} runs"
        self.done.say(f"{ended} today, {count_text(hour)} in the last hour", "arrow_trending_lines")

    def _show_busy(self) -> None:
        self.trouble.say("")
        if self._computed_at is None:
            self.foot.setText("Calculating…")

    def _open_waiting(self) -> None:
        self.context.navigate("job_queue_entry_card", key=self._waiting_id)

    def _open_failed(self) -> None:
        self.context.navigate("job_queue_log_entries", view="Failed")

    def _rescale(self) -> None:
        self.setFixedHeight(theme().px(HEIGHT))
        self.card.body.setSpacing(0)
