"""The tile of a cue on a Role Centre: a caption, one figure, and how fresh it is."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Literal, NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.motion import Motion
from ui.widgets.painting import draw_focus_ring, draw_spinner, draw_text, fill_rounded, rounded_path
from ui.widgets.sparkline import paint_sparkline

__all__ = ["CueState", "CueTile", "CueTone"]

CueTone = Literal["accent", "ok", "warn", "err", "idle"]

HEIGHT, PADDING, RADIUS = 132, 16, 8
SPARK_WIDTH, SPARK_HEIGHT = 84, 26
FRAME_MS = 80
DEGREES_PER_FRAME = 30


class CueState(Enum):
    """What a tile knows about its figure."""

    SKELETON = "skeleton"
    BUSY = "busy"
    READY = "ready"
    ERROR = "error"


class _Delta(NamedTuple):
    text: str
    up: bool
    good: bool


class CueTile(QAbstractButton):
    """A figure that opens its list when it is clicked.

    It begins as a skeleton. ``set_busy`` keeps the last figure, with its age, while a new one is computed;
    ``set_error`` keeps it too and offers Retry (``retry_requested``).
    """

    retry_requested = Signal()

    def __init__(
        self, caption: str, icon: str = "", tone: CueTone = "accent", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._caption, self._icon, self._tone = caption, icon, tone
        self._value, self._foot, self._error = "", "", ""
        self._stopped = False
        self._state = CueState.SKELETON
        self._delta: _Delta | None = None
        self._spark: tuple[float, ...] = ()
        self._turn = 0
        self._motion = Motion(self, FRAME_MS)
        self._motion.frame.connect(self._next_frame)
        self.retry_button = Button("Retry", "link", "arrow_clockwise", small=True, parent=self)
        self.retry_button.setAccessibleName(f"Retry {caption}")
        self.retry_button.clicked.connect(self.retry_requested)
        self.retry_button.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._refresh()
        theme().changed.connect(self._retheme)

    # ---- what the page tells

    @property
    def state(self) -> CueState:
        """Skeleton, busy, ready or error."""
        return self._state

    @property
    def value(self) -> str:
        """The figure shown, as text; "" when there never was one."""
        return self._value

    @property
    def foot(self) -> str:
        """The small line at the bottom as it is shown now."""
        if self._state is CueState.ERROR and not (self._value and self._foot):
            return self._error
        if self._foot:
            return self._foot
        return "" if self._state is CueState.READY else "Calculating…"

    @property
    def moving(self) -> bool:
        """True while the spinner turns."""
        return self._motion.active

    def set_value(self, value: str, foot: str = "") -> None:
        """Show a fresh figure; ``foot`` says how fresh, e.g. "Updated 09:45"."""
        self._value, self._foot, self._error = value, foot, ""
        self._enter(CueState.READY)

    def set_busy(self, foot: str = "") -> None:
        """Say that a new figure is being computed; the last one stays, ``foot`` tells its age."""
        self._foot, self._error = foot, ""
        self._enter(CueState.BUSY if self._value else CueState.SKELETON)

    def set_error(self, reason: str, *, stopped: bool = False) -> None:
        """Say in a few words why there is no new figure, and offer Retry; the last one stays with its age.

        ``stopped``: somebody wanted it so, which is no error.
        """
        self._error, self._stopped = reason, stopped
        self._enter(CueState.ERROR)

    def set_tone(self, tone: CueTone) -> None:
        """Give the tile's edge (and with ``err`` its figure) another meaning."""
        self._tone = tone
        self.update()

    def set_delta(self, text: str, *, up: bool, good: bool) -> None:
        """Show the change beside the figure, e.g. "6 this week"; "" takes it away."""
        self._delta = _Delta(text, up, good) if text else None
        self._refresh()

    def set_sparkline(self, values: Sequence[float]) -> None:
        """Show the last values as a small curve; fewer than two show none."""
        self._spark = tuple(values)
        self.update()

    # ---- sizes

    def sizeHint(self) -> QSize:
        return QSize(theme().px(240), theme().px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(150), theme().px(HEIGHT))

    # ---- inner life

    def _enter(self, state: CueState) -> None:
        self._state = state
        self.retry_button.setVisible(state is CueState.ERROR)
        self._place_retry()
        self._refresh()

    def _refresh(self) -> None:
        value = self._value or ("not available" if self._state is CueState.ERROR else "calculating")
        change = f", {'up' if self._delta.up else 'down'} {self._delta.text}" if self._delta else ""
        foot = f" {self.foot.rstrip('.')}." if self.foot else ""
        kind = "" if self._stopped else "Error: "
        failed = f" {kind}{self._error.rstrip('.')}." if self._state is CueState.ERROR else ""
        self.setAccessibleName(
            f"{self._caption}: {value}{change}.{failed}{foot if self.foot != self._error else ''}"
        )
        self.setToolTip(self._error)
        self._motion.move(self._state in (CueState.BUSY, CueState.SKELETON))
        self.update()

    def _retheme(self) -> None:
        self._place_retry()
        self.updateGeometry()
        self.update()

    def _next_frame(self) -> None:
        self._turn = (self._turn + DEGREES_PER_FRAME) % 360
        self.update(0, self.height() - theme().px(40), theme().px(40), theme().px(40))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_retry()

    def _place_retry(self) -> None:
        size = self.retry_button.sizeHint()
        self.retry_button.resize(size)
        self.retry_button.move(
            self.width() - theme().px(8) - size.width(), self.height() - theme().px(12) - size.height()
        )

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_frame(painter)
        px = theme().px
        left, width = float(px(PADDING)), float(self.width() - 2 * px(PADDING))
        draw_text(painter, QRectF(left, px(13), width - px(28), px(20)), self._caption, "body", "fg2")
        if self._icon:
            image = pixmap(self._icon, "fg3", px(20), dpr=self.devicePixelRatioF())
            painter.drawPixmap(QPointF(self.width() - px(PADDING) - px(20), px(13)), image)
        if self._value:
            self._paint_value(painter, left, width)
        elif self._state is CueState.ERROR:
            draw_text(painter, QRectF(left, px(40), width, px(44)), "–", "display", "fg3")
        else:
            fill_rounded(painter, QRectF(left, px(50), px(92), px(28)), px(5), "skeleton")
        self._paint_foot(painter, left, width)
        if self._curve_fits(painter):
            place = QRectF(
                self.width() - px(PADDING) - px(SPARK_WIDTH),
                self.height() - px(40),
                px(SPARK_WIDTH),
                px(SPARK_HEIGHT),
            )
            paint_sparkline(painter, place, self._spark)

    def _paint_frame(self, painter: QPainter) -> None:
        px = theme().px
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = rounded_path(area, px(RADIUS))
        ground = "pressed" if self.isDown() else "hover" if self.underMouse() else "surface"
        painter.fillPath(outline, theme().colour(ground))
        edge = "border_strong" if self._tone == "idle" or self._state is CueState.SKELETON else self._tone
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(
            QRectF(area.left(), area.bottom() - px(3), area.width(), px(3) + 1), theme().colour(edge)
        )
        painter.restore()
        painter.setPen(QPen(theme().colour("border"), 1))
        painter.drawPath(outline)
        if self.hasFocus():
            draw_focus_ring(painter, QRectF(self.rect()), px(RADIUS) - 1)

    def _paint_value(self, painter: QPainter, left: float, width: float) -> None:
        px = theme().px
        token = "err" if self._tone == "err" else "fg"
        used = draw_text(painter, QRectF(left, px(40), width, px(44)), self._value, "display", token)
        if self._delta is None:
            return
        metrics_width = _text_width(painter, self._delta.text)
        pill = QRectF(left + used + px(10), px(54), metrics_width + px(28), px(20))
        if pill.right() > left + width:
            return
        tone = "ok" if self._delta.good else "err"
        fill_rounded(painter, pill, px(10), f"{tone}_bg")
        arrow = "arrow_up" if self._delta.up else "arrow_down"
        painter.drawPixmap(
            QPointF(pill.left() + px(5), pill.top() + px(3)),
            pixmap(arrow, tone, px(14), dpr=self.devicePixelRatioF()),
        )
        draw_text(painter, pill.adjusted(px(20), 0, 0, 0), self._delta.text, "caption_strong", tone)

    def _curve_fits(self, painter: QPainter) -> bool:
        """Whether there is a curve, and room for it beside the line at the bottom."""
        if not self._spark or not self._value or self._state is CueState.ERROR:
            return False
        px = theme().px
        painter.setFont(theme().font("caption"))
        words = painter.fontMetrics().horizontalAdvance(self.foot)
        sign = px(20) if self._state is CueState.BUSY else 0
        return bool(sign + words + px(8) + px(SPARK_WIDTH) <= self.width() - 2 * px(PADDING))

    def _paint_foot(self, painter: QPainter, left: float, width: float) -> None:
        px = theme().px
        top = float(self.height() - px(34))
        taken = 0.0
        if self._state in (CueState.BUSY, CueState.SKELETON):
            draw_spinner(painter, QPointF(left + px(6) + 0.5, top + px(10)), px(6), self._turn)
            taken = px(20)
        elif self._state is CueState.ERROR:
            drawing, tint = ("stop", "fg3") if self._stopped else ("error_circle", "err")
            glyph = pixmap(drawing, tint, px(14), filled=True, dpr=self.devicePixelRatioF())
            painter.drawPixmap(QPointF(left, top + px(3)), glyph)
            taken = px(20)
        right = 0.0
        if self._state is CueState.ERROR:
            right = self.retry_button.width()
        elif self._curve_fits(painter):
            right = px(SPARK_WIDTH) + px(8)
        token = "err" if self._error and self.foot == self._error and not self._stopped else "fg3"
        draw_text(
            painter, QRectF(left + taken, top, width - taken - right, px(20)), self.foot, "caption", token
        )


def _text_width(painter: QPainter, text: str) -> float:
    painter.setFont(theme().font("caption_strong"))
    return float(painter.fontMetrics().horizontalAdvance(text))
