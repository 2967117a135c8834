"""The card "Job queue entries" of the Role Centre."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.jobqueue.states import Action
from desktop.tasks.task import TaskError
from models.changes import Change
from models.job_lists import JobRow
from ui.framework.command_bar import Action as Command
from ui.framework.command_bar import CommandBar
from ui.framework.context import PageContext
from ui.jobs.job_actions import LIST_PAGE, JobActions
from ui.jobs.job_list import JobList
from ui.theme import theme
from ui.widgets.banner import BannerBar
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.search_box import SearchBox

MOST_ROWS = 50
REFUSED = "refused"


class JobsPart(Card):
    """The running jobs first, then what failed, waits and has ended; with the actions that matter most."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__("Job queue entries", flush=True, parent=parent)
        self.context = context
        self.list = JobList(context, wide=False, limit=MOST_ROWS)
        self.job_actions = JobActions(context, self)
        self.search = SearchBox("Search", shortcut="")
        self.command_bar = CommandBar(self)
        self.see_all = Button("See all", "link")
        self.banners = BannerBar()
        self.command_bar.set_actions(
            (
                Command("cancel", "Cancel job", "dismiss_circle", self._cancel, enabled=False),
                Command("retry", "Retry", "arrow_clockwise", self._retry, enabled=False),
                Command("hold", "Put on hold", "pause", self._hold, enabled=False),
                Command("log", "Log entries", "history", self._log),
            )
        )
        self._arrange()
        self.search.search_changed.connect(self.list.search_for)
        self.list.clear_search_requested.connect(self.search.clear_search)
        self.see_all.clicked.connect(self._see_all)
        self.list.chosen_changed.connect(self._on_chosen)
        self.list.opened.connect(self.job_actions.open_card)
        self.list.failed.connect(self._on_failed)
        self.job_actions.stopping.connect(self.list.mark_stopping)
        self.job_actions.changed.connect(self.list.follow)
        self.job_actions.refused.connect(self._on_refused)
        self.job_actions.succeeded.connect(self._on_succeeded)
        theme().changed.connect(self._rescale)
        self._rescale()

    # ---- what its page calls

    def refresh(self) -> None:
        """Read the jobs anew."""
        self.list.refresh()

    def records_changed(self, changes: Sequence[Change]) -> None:
        """Something was written, here or elsewhere."""
        self.list.records_changed(changes)

    def job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        """A job of this window's own worker has come further; total 0 while it is not known."""
        self.list.job_progressed(job_id, done, total, text)

    def close_part(self) -> None:
        """The page is closed."""
        self.list.close_list()
        self.job_actions.close_actions()

    # ---- how it works

    def _arrange(self) -> None:
        self.add_header_widget(self.search)
        self._bar = QHBoxLayout()
        self._bar.addWidget(self.command_bar, 1)
        self._bar.addWidget(self.see_all, 0, Qt.AlignmentFlag.AlignRight)
        self._notes = QVBoxLayout()
        self._notes.addWidget(self.banners)
        self.body.addLayout(self._bar)
        self.body.addLayout(self._notes)
        self.body.addWidget(self.list, 1)

    def _rescale(self) -> None:
        px = theme().px
        self._bar.setContentsMargins(px(7), 0, px(11), 0)
        self._notes.setContentsMargins(px(15), 0, px(11), 0)
        self.body.setSpacing(px(4))

    def _chosen(self) -> list[JobRow]:
        return self.list.chosen()

    def _on_chosen(self) -> None:
        rows = self._chosen()
        for key, action in (
            ("cancel", Action.CANCEL),
            ("retry", Action.RESTART),
            ("hold", Action.SET_ON_HOLD),
        ):
            self.command_bar.set_enabled(key, JobActions.allowed(action, rows))

    def _cancel(self) -> None:
        self.job_actions.cancel(self._chosen())

    def _retry(self) -> None:
        self.job_actions.retry(self._chosen())

    def _hold(self) -> None:
        self.job_actions.put_on_hold(self._chosen())

    def _log(self) -> None:
        self.job_actions.open_log(self._chosen())

    def _see_all(self) -> None:
        self.context.navigate(LIST_PAGE)

    def _on_succeeded(self) -> None:
        self.banners.remove(REFUSED)

    def _on_refused(self, title: str, text: str) -> None:
        self.banners.show_banner(REFUSED, "warn", title, text)

    def _on_failed(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "err", "The jobs could not be read.", error.text)
