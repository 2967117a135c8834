"""Pages with FastTabs: the keyboard goes from one to the next, and folds the one that it is in."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from ui.framework.page import Action, Page
from ui.widgets.fast_tab import FastTab
from ui.widgets.scroller import Scroller


class TabKeys(Page):
    """The part of such a page that answers F6, Shift+F6 and Alt+F6."""

    _scroll: Scroller  # in which the FastTabs stand

    @abstractmethod
    def folding_tabs(self) -> Sequence[FastTab]:
        """All its FastTabs, in their order."""

    def tab_actions(self) -> tuple[Action, ...]:
        """What the keyboard does, for the page's actions."""
        return (
            Action("next_tab", "Next FastTab", "chevron_down", self._next_tab, "F6", shown=False),
            Action(
                "previous_tab", "Previous FastTab", "chevron_up", self._previous_tab, "Shift+F6", shown=False
            ),
            Action(
                "fold_tab", "Fold or unfold the FastTab", "chevron_up", self._fold_tab, "Alt+F6", shown=False
            ),
        )

    def _next_tab(self) -> None:
        self._focus_tab(1)

    def _previous_tab(self) -> None:
        self._focus_tab(-1)

    def _focus_tab(self, step: int) -> None:
        tabs = [tab for tab in self.folding_tabs() if not tab.isHidden()]
        current = self._tab_with_focus()
        place = (tabs.index(current) + step) % len(tabs) if current in tabs else 0
        tabs[place].focus_header()
        self._scroll.bring_into_sight(tabs[place])

    def _fold_tab(self) -> None:
        current = self._tab_with_focus()
        if current is not None:
            current.set_expanded(not current.expanded)

    def _tab_with_focus(self) -> FastTab | None:
        focused = self.focusWidget()
        inside = (tab for tab in self.folding_tabs() if focused is not None and tab.isAncestorOf(focused))
        return next(inside, None)
