"""What thresholds and styles mean: a band for each range of figures, in its colour, with its word."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.formats import count_text
from models.cue_setup import CueColours, CueStyle
from ui.icons import pixmap
from ui.parts.cues import TONES
from ui.theme import theme
from ui.widgets.painting import draw_text, fill_rounded

HEIGHT, EDGE, ICON = 46, 3, 14
ICONS = {
    CueStyle.NONE: "circle",
    CueStyle.FAVORABLE: "checkmark_circle",
    CueStyle.AMBIGUOUS: "warning",
    CueStyle.UNFAVORABLE: "error_circle",
    CueStyle.SUBORDINATE: "subtract",
}


def range_words(colours: CueColours) -> tuple[str, str, str]:
    """The three ranges of figures in words: "0 to 2", "3 to 5", "6 or more"."""
    first, second = colours.threshold_1, colours.threshold_2
    low = "none" if first == 0 else "0" if first == 1 else f"0 to {count_text(first - 1)}"
    return low, f"{count_text(first)} to {count_text(second)}", f"{count_text(second + 1)} or more"


class Bands(QWidget):
    """Three bands; the one in which the figure of now lies is marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours: CueColours | None = None
        self._figure: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._retheme)

    def show_colours(self, colours: CueColours, figure: int | None) -> None:
        """Show what these thresholds and styles mean; `figure` is the one of now, if it is known."""
        self._colours, self._figure = colours, figure
        said = ", ".join(
            f"{words}: {style.value}"
            for words, style in zip(range_words(colours), _styles(colours), strict=True)
        )
        self.setAccessibleName(f"Preview. {said}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(300), theme().px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._colours is None:
            return
        px = theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        each = (self.width() - 2 * px(4)) / 3
        now = self._band_of_now()
        for place, (words, style) in enumerate(
            zip(range_words(self._colours), _styles(self._colours), strict=True)
        ):
            band = QRectF(place * (each + px(4)), 0, each, self.height())
            self._paint_band(painter, band, words, style, now=place == now)

    def _band_of_now(self) -> int | None:
        if self._figure is None or self._colours is None:
            return None
        if self._figure < self._colours.threshold_1:
            return 0
        return 1 if self._figure <= self._colours.threshold_2 else 2

    @staticmethod
    def _paint_band(painter: QPainter, band: QRectF, words: str, style: CueStyle, *, now: bool) -> None:
        px = theme().px
        tone = TONES[style]
        ground = "accent_tint" if tone == "accent" else f"{tone}_bg"
        fill_rounded(painter, band, px(4), ground)
        painter.fillRect(
            QRectF(band.left(), band.bottom() - px(EDGE), band.width(), px(EDGE)), theme().colour(tone)
        )
        ink = "accent_text" if tone == "accent" else tone
        room = band.adjusted(px(10), px(3), -px(8), -px(EDGE) - px(2))
        upper = QRectF(room.left(), room.top(), room.width(), room.height() / 2)
        lower = QRectF(room.left(), room.center().y(), room.width(), room.height() / 2)
        draw_text(painter, upper, f"{words} · now" if now else words, "caption_strong", ink, tabular=True)
        glyph = pixmap(ICONS[style], ink, px(ICON), filled=True, dpr=painter.device().devicePixelRatioF())
        painter.drawPixmap(int(lower.left()), int(lower.center().y() - px(ICON) / 2), glyph)
        name = lower.adjusted(px(ICON) + px(5), 0, 0, 0)
        draw_text(painter, name, style.value, "caption", ink, align=Qt.AlignmentFlag.AlignLeft)

    def _retheme(self) -> None:
        self.updateGeometry()
        self.update()


def _styles(colours: CueColours) -> tuple[CueStyle, CueStyle, CueStyle]:
    return colours.low, colours.middle, colours.high
