"""The base of Role Centres: a headline, cues, and parts below them, each filled by tasks of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from models.changes import Change
from ui.extensions import further_cues
from ui.framework.context import PageContext
from ui.framework.cue_group import GAP, Cue, CueGroup
from ui.framework.headline_part import HeadlinePart
from ui.framework.page import Page
from ui.framework.part import Part
from ui.later import later
from ui.navigation import all_pages
from ui.theme import theme
from ui.widgets.cue_tile import CueTile
from ui.widgets.scroller import Scroller

MOST_IN_A_ROW, MOST_WHEN_NARROW = 6, 4  # cues side by side
ONE_ROW_FROM = 1420  # px of width from which the page is not narrow
REFRESH_MS = 700  # changes that come in quick order refresh a part once
LOWER_HEIGHT = 300


class RoleCenterPage(Page):
    """A page about a person's work.

    Class attributes:
        HEADLINE: the codeunit of the sentence under the title; none when empty.
        HEADLINE_TABLES: it is worked out anew when records of these tables change.
        CUE_GROUPS: the cues, those together whose figures come together.
    """

    HEADLINE: ClassVar[str] = ""
    HEADLINE_TABLES: ClassVar[frozenset[str]] = frozenset()
    CUE_GROUPS: ClassVar[Sequence[Sequence[Cue]]] = ()

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.headline = HeadlinePart(context, self.HEADLINE, self.HEADLINE_TABLES) if self.HEADLINE else None
        groups = [*self.CUE_GROUPS, *((cue,) for cue in further_cues(all_pages()))]
        self.cue_groups = [CueGroup(context, group) for group in groups]
        self._beside = list(self.parts_beside_cues())
        self._lower = list(self.lower_parts())
        self._changed: list[Change] = []
        self._soon = later(self, REFRESH_MS, self._tell_parts)
        self._columns = 0
        self._grid = QGridLayout()
        self._arrange_parts()

    # ---- what a Role Centre overrides

    def lower_parts(self) -> Sequence[tuple[QWidget, int]]:
        """What stands side by side under the cues, with the share of the width that each takes."""
        return ()

    def parts_beside_cues(self) -> Sequence[Part]:
        """Parts as high as a cue that stand behind the page's own cues, each in the place of one."""
        return ()

    # ---- what others ask

    @property
    def parts(self) -> list[Part]:
        """All parts that fill themselves by background tasks."""
        lower = [widget for widget, _ in self._lower if isinstance(widget, Part)]
        return [*([self.headline] if self.headline else []), *self.cue_groups, *self._beside, *lower]

    def tile(self, caption: str) -> CueTile:
        """The tile of a cue.

        Raises:
            KeyError: there is no cue of that caption.
        """
        for group in self.cue_groups:
            for cue, tile in zip(group.cues, group.tiles, strict=True):
                if cue.caption == caption:
                    return tile
        raise KeyError(caption)

    # ---- its life

    def on_open(self) -> None:
        self.refresh()

    def on_close(self) -> None:
        self._soon.stop()
        for part in self.parts:
            part.close_part()

    def refresh(self) -> None:
        for part in self.parts:
            part.refresh()

    def on_records_changed(self, changes: Sequence[Change]) -> None:
        self._changed += changes
        if not self._soon.isActive():
            self._soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_cues()

    # ---- how it comes about

    def _tell_parts(self) -> None:
        changes, self._changed = self._changed, []
        for part in self.parts:
            part.on_records_changed(changes)

    def _arrange_parts(self) -> None:
        px = theme().px
        if self.headline is not None:
            self.header_words.addWidget(self.headline)
        self._grid.setSpacing(px(GAP))
        lower = QHBoxLayout()
        lower.setSpacing(px(GAP))
        content = QWidget()
        content.setProperty("plain", True)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, px(8), 0, 0)
        column.setSpacing(px(GAP))
        column.addLayout(self._grid)
        self._place_cues()  # before what stands under them, so that Tab comes to them first
        column.addLayout(lower, 1)
        for widget, share in self._lower:
            lower.addWidget(widget, share)
            widget.setMinimumHeight(px(LOWER_HEIGHT))
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.body.addWidget(Scroller(content), 1)

    def _place_cues(self) -> None:
        """In as few rows as the width allows, all of them as full as can be; a group never breaks."""
        tiles = sum(len(group.cues) for group in self.cue_groups) + len(self._beside)
        most = MOST_IN_A_ROW if self.width() >= theme().px(ONE_ROW_FROM) else MOST_WHEN_NARROW
        rows = max(1, math.ceil(tiles / most))
        columns = math.ceil(tiles / rows)
        if columns == self._columns:
            return
        self._columns = columns
        row = column = 0
        for part in self._in_order():
            span = min(len(part.cues), columns) if isinstance(part, CueGroup) else 1
            if column + span > columns:
                row, column = row + 1, 0
            self._grid.removeWidget(part)
            self._grid.addWidget(part, row, column, 1, span)
            column += span
        for place in range(MOST_IN_A_ROW):
            self._grid.setColumnStretch(place, 1 if place < columns else 0)

    def _in_order(self) -> list[Part]:
        """The page's own cues, what stands beside them, and the cues of extensions."""
        own = len(self.CUE_GROUPS)
        return [*self.cue_groups[:own], *self._beside, *self.cue_groups[own:]]
