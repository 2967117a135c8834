"""How much there is to do: the figures beside the chart of the last two minutes."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.formats import when_text
from ui.framework.context import PageContext
from ui.sessions.figures import FigureLine, Figures
from ui.theme import theme
from ui.widgets.bar_chart import ChartLegend
from ui.widgets.card import Card
from ui.widgets.labels import Label
from ui.widgets.live_chart import LiveChart

CHILDREN, BACKGROUND = "Child sessions", "Background sessions"
SERIES = ("Running", "Waiting")
POINT_SECONDS = 1.0
ROOM_FOR_BOTH = 900  # px of the page; below, the figures have the place alone


class Load(QWidget):
    """See the module's docstring."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("plain", True)
        self._context = context
        self._next_point = 0.0
        self.figures = Figures((CHILDREN, BACKGROUND))
        self.chart = LiveChart("Sessions of the last two minutes", SERIES)
        since = when_text(context.hub.began_at(), context.clock.now())
        self._chart_card = Card("Last two minutes")
        self._chart_card.add_header_widget(ChartLegend(SERIES))
        self._chart_card.body.addWidget(self.chart, 1)
        card = Card("Figures")
        card.add_header_widget(Label(f"Since {since[0].lower()}{since[1:]}", "caption", "fg3"))
        card.body.addWidget(self.figures)
        card.body.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._chart_card, 1)
        self._row.addWidget(card, 2)
        self._rescale()
        theme().changed.connect(self._rescale)

    def look(self) -> None:
        """Show the figures of this moment, and each second a point of the chart."""
        settings = self._context.settings
        children, background = self._context.hub.counters(), self._context.sessions.counters()
        self.figures.show_line(
            FigureLine(
                CHILDREN,
                (children.active, settings.task_concurrency),
                (children.waiting, settings.task_queue_length),
                (
                    children.completed,
                    children.failed,
                    children.timeouts,
                    children.cancelled,
                    children.refused,
                    children.abandoned,
                ),
            )
        )
        self.figures.show_line(
            FigureLine(
                BACKGROUND,
                (background.active, settings.session_concurrency),
                (background.waiting, settings.session_queue_length),
                (
                    background.completed,
                    background.failed,
                    background.timeouts,
                    background.stopped,
                    background.refused,
                    None,  # a process can always be ended
                ),
            )
        )
        at = self._context.clock.monotonic()
        if at >= self._next_point:
            self._next_point = at + POINT_SECONDS
            self.chart.append(at, children.active + background.active, children.waiting + background.waiting)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._chart_card.setVisible(self.width() >= theme().px(ROOM_FOR_BOTH))

    def _rescale(self) -> None:
        self._row.setSpacing(theme().px(16))
        self._fit()
