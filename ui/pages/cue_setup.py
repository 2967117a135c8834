"""Set Up Cues: from which figure on a cue of the job queue is good or bad news, for oneself and for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from PySide6.QtWidgets import QWidget

from desktop.jobqueue.cues import cue_counts, looks_after_all, set_company_colours
from desktop.tasks.task import TaskError
from models.cue_setup import (
    CAPTIONS,
    DEFAULTS,
    CueColours,
    CueState,
    cue_states,
    reset_colours,
    set_colours,
)
from models.setup import CueSetup as CueSetupRecord
from ui.cue_setup.cue_editor import CueEditor
from ui.framework.context import Notice, PageContext
from ui.framework.page import Action
from ui.framework.whose_page import WhosePage

REFUSED: Final = "refused"


class Found(NamedTuple):
    """What is read at once."""

    states: dict[str, CueState]
    figures: dict[str, int]
    may_change_all: bool


@dataclass(frozen=True, slots=True)
class _Read:
    user_id: str

    def __call__(self) -> Found:
        return Found(cue_states(self.user_id), cue_counts(self.user_id), looks_after_all(self.user_id))


class CueSetup(WhosePage):
    """See the module's docstring."""

    NAME = "cue_setup"
    TITLE = "Set Up Cues"
    SEARCH_TERMS = ("thresholds", "cue colours", "colors", "indicators", "personalize")
    TABLES = frozenset({CueSetupRecord.table(), "job_queue_entry"})
    UNREAD = "The cues could not be read."
    WHOSE = "Whose colours"

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.editors = {cue: CueEditor(cue) for cue in DEFAULTS}
        self._found: Found | None = None
        for editor in self.editors.values():
            editor.entered.connect(self._on_entered)
            editor.reset_requested.connect(self._on_reset)
        self.arrange(self.editors.values())

    def page_actions(self) -> Sequence[Action]:
        return (
            Action("home", "Role Centre", "home", self._open_home, shown=False),
            Action("refresh", "Refresh", "arrow_clockwise", self.refresh, "F5", shown=False),
        )

    def reader(self) -> _Read:
        return _Read(self.context.user_id)

    def show_found(self, found: Found) -> None:
        self._found = found
        self.on_view()

    # ---- what happens

    def on_view(self) -> None:
        found = self._found
        if found is None:
            return
        may = not self.for_all or found.may_change_all
        if not self.for_all:
            text = "Your colours come before those of the company. They show on your Role Centre only."
        elif may:
            text = "These colours hold for everybody who has none of their own."
        else:
            text = "Only those who look after the job queue change what holds for everybody."
        self.hint.setText(text)
        for cue, editor in self.editors.items():
            editor.show_state(found.states[cue], found.figures[cue], for_all=self.for_all, may_change=may)

    def _on_entered(self, cue: str, colours: CueColours) -> None:
        self.banners.remove(REFUSED)
        user_id = self.context.user_id
        if self.for_all:
            work = partial(set_company_colours, user_id, cue, colours)
        else:
            work = partial(set_colours, user_id, cue, colours)
        self.context.hub.write(self, work, self._on_saved, self._on_refused)

    def _on_reset(self, cue: str) -> None:
        self.banners.remove(REFUSED)
        user_id = self.context.user_id
        if self.for_all:
            work = partial(set_company_colours, user_id, cue, None)
        else:
            work = partial(reset_colours, user_id, cue)
        self.context.notify(Notice(f"“{CAPTIONS[cue]}” is back to what it was before"))
        self.context.hub.write(self, work, self._on_saved, self._on_refused)

    def _on_saved(self, _nothing: None) -> None:
        self.refresh()

    def _on_refused(self, error: TaskError) -> None:
        self.banners.show_banner(REFUSED, "warn", "That was not saved.", error.text)
        self.refresh()

    def _open_home(self) -> None:
        self.context.navigate("home")
