"""A FactBox about the current record, worked out by a page background task."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from PySide6.QtCore import Signal

from desktop.formats import DASH, evaluate, updated_text
from desktop.tasks.task import TaskError
from models.changes import Change
from models.rules import Kind
from ui.framework.auto_refresh import AutoRefresh
from ui.framework.context import PageContext
from ui.framework.part import STOPPED, Part, PartTask, Results
from ui.framework.values import number_text, shown
from ui.later import SIGN_AFTER_MS, later
from ui.widgets.fact_box import FactBox, FactRow


class FactPart(Part):
    """Figures of one record.

    Args:
        title: of the FactBox.
        codeunit: works the figures out.
        parameter: the name under which it gets the record's key.
        rows: makes the facts from its results.
        watched: tables whose changes make the figures old.
        refresh_every_s: work the figures out anew so many seconds after they came, as long as the part can be seen;
            for what programs change that tell nobody. None: only when its page asks or a watched table changes.

    Signals:
        row_activated: a figure that drills down was pressed, with the key of its row.
    """

    row_activated = Signal(str)

    def __init__(
        self,
        context: PageContext,
        title: str,
        codeunit: str,
        parameter: str,
        rows: Callable[[Mapping[str, str]], Sequence[FactRow]],
        watched: Sequence[str] = (),
        refresh_every_s: float | None = None,
    ) -> None:
        super().__init__(context)
        self._codeunit, self._parameter, self._rows = codeunit, parameter, rows
        self._watched = frozenset(watched)
        self._key = self._shown_key = ""
        self._computed_at: datetime | None = None
        self.auto_refresh: AutoRefresh | None = None
        if refresh_every_s is not None:
            least_ms = context.settings.task_min_interval_ms
            self.auto_refresh = AutoRefresh(self, context.clock, refresh_every_s, least_ms)
            self.auto_refresh.due.connect(self.refresh)
        self.box = FactBox(title)
        self.box.retry_requested.connect(self.refresh)
        self.box.row_activated.connect(self.row_activated)
        self.body.addWidget(self.box)
        self._skeleton = later(self, SIGN_AFTER_MS, self._show_busy)

    def show_record(self, key: str, *, at_once: bool = False) -> None:
        """Be about another record, "" for none; or about the same one again, which may have changed.

        Args:
            at_once: do not wait to see whether the person only passes by.
        """
        if key and key == self._key:
            self.follow_changes()
            return
        self._key = key
        if self.auto_refresh is not None:
            self.auto_refresh.stop()
        if at_once or not key:
            self.refresh()
        else:
            self.refresh_soon()

    def part_tasks(self) -> Sequence[PartTask]:
        if not self._key:
            return ()
        return (PartTask(self._codeunit, {self._parameter: self._key}, cached=False),)

    def show_loading(self) -> None:
        if self._shown_key != self._key or self.box.error:
            self._skeleton.start()

    def show_results(self, results: Results, computed_at: datetime) -> None:
        self._skeleton.stop()
        figures = results.get(self._codeunit, {})
        self._shown_key = self._key
        self._computed_at = computed_at
        if figures:
            self.box.set_rows(list(self._rows(figures)))
            self.box.set_foot(self._age() if self.auto_refresh is not None else "")
        else:
            self.show_nothing()
        if self.auto_refresh is not None:
            self.auto_refresh.ended(good=True)

    def show_error(self, error: TaskError) -> None:
        self._skeleton.stop()
        keep = self._shown_key == self._key
        self.box.set_error(error.text, keep_rows=keep, stopped=error.code == STOPPED.code)
        if keep and self.box.rows:
            self.box.set_foot(self._age())
        if self.auto_refresh is not None:
            self.auto_refresh.ended(good=False)

    def show_nothing(self) -> None:
        self._skeleton.stop()
        self.box.set_rows(())
        self.box.set_foot("")

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        if self._key and any(change.table in self._watched for change in changes):
            self.follow_changes()

    def stop(self) -> None:
        super().stop()
        self._skeleton.stop()
        if self.auto_refresh is not None:
            self.auto_refresh.begun()

    def _show_busy(self) -> None:
        if self._shown_key == self._key and self.box.rows:
            self.box.set_busy("Calculating…")
        else:
            self.box.set_loading()

    def _age(self) -> str:
        if self._computed_at is None:
            return ""
        return updated_text(self._computed_at, self.context.clock.now())


def amount_fact(figures: Mapping[str, str], name: str) -> str:
    """An amount among the results of a codeunit, as people read it; a dash where there is none."""
    text = figures.get(name, "")
    return number_text(evaluate(text, Decimal)) if text else DASH


def number_fact(figures: Mapping[str, str], name: str, unit: str = "") -> str:
    """A number without needless decimals, with its unit; a dash where there is none."""
    text = figures.get(name, "")
    if not text:
        return DASH
    return f"{number_text(evaluate(text, Decimal), 0)} {unit}".rstrip()


def day_fact(figures: Mapping[str, str], name: str) -> str:
    """A day, as people read it; a dash where there is none."""
    text = figures.get(name, "")
    return shown(Kind.DATE, evaluate(text, date)) if text else DASH
