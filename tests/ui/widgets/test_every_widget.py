"""What holds for every widget: it is named, it is drawn in both themes, it follows a change, its words fit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDateEdit, QLabel, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.avatar import Avatar
from ui.widgets.badge import BadgeButton
from ui.widgets.banner import Banner, BannerBar
from ui.widgets.bar_chart import BarChart, ChartLegend
from ui.widgets.buttons import Button, IconButton
from ui.widgets.card import Card
from ui.widgets.cue_tile import CueTile
from ui.widgets.empty_state import EmptyKind, EmptyState
from ui.widgets.fact_box import FactBox, FactRow
from ui.widgets.fast_tab import FastTab
from ui.widgets.field import FieldRow
from ui.widgets.labels import ElidedLabel, IconLabel, Label
from ui.widgets.live_chart import LiveChart
from ui.widgets.pill import StatusPill
from ui.widgets.progress import ProgressLine
from ui.widgets.search_box import SearchBox
from ui.widgets.skeleton import Skeleton
from ui.widgets.toast import Toast


def ready_cue() -> QWidget:
    cue = CueTile("Open sales orders", "cart")
    cue.set_value("42", "Updated 09:45")
    cue.set_delta("6 this week", up=True, good=True)
    cue.set_sparkline([1, 3, 2, 5])
    return cue


def failed_cue() -> QWidget:
    cue = CueTile("Overdue invoices", "receipt", "idle")
    cue.set_error("Timed out")
    return cue


def chart() -> QWidget:
    made = BarChart("Sales by week")
    made.set_data(["W1", "W2", "W3"], [96_000, 104_000, 128_000], [84_000, 91_000, 87_000])
    return made


def live_chart() -> QWidget:
    made = LiveChart("Sessions of the last two minutes", ("Running", "Waiting"))
    for second in range(60):
        made.append(float(second), second % 6, second % 9)
    return made


def progress() -> QWidget:
    made = ProgressLine()
    made.set_progress(1248, 2010)
    return made


def banner_bar() -> QWidget:
    made = BannerBar()
    made.show_banner("a", "info", "A worker is online.", "Two of four slots are busy.")
    made.show_banner("b", "err", "The import has failed.", "Row 14 has no item.", [("open", "Open results")])
    return made


def fast_tab() -> QWidget:
    made = FastTab("General")
    made.add_widget(FieldRow("Name", QLineEdit("Harbour Supply Ltd.")))
    made.set_error_count(2)
    return made


def facts() -> QWidget:
    made = FactBox("Customer Statistics")
    made.set_rows([FactRow("Balance", "12,400.50", "balance"), FactRow("Overdue", "1,200.00", tone="err")])
    return made


def failed_facts() -> QWidget:
    made = FactBox("Documents")
    made.set_error("The task took longer than 2 minutes.")
    return made


def field_with_error() -> QWidget:
    made = FieldRow("Post Code", QLineEdit("D-1"), required=True)
    made.set_error("There is no post code D-1. Choose one from the list or create it.")
    return made


def card() -> QWidget:
    made = Card("Job queue entries")
    made.add_header_widget(SearchBox())
    made.body.addWidget(Label("Nothing is running.", "body", "fg2"))
    return made


def bell() -> QWidget:
    made = BadgeButton("alert", "Notifications", shortcut="Ctrl+Shift+N")
    made.set_count(3)
    return made


WIDGETS: dict[str, Callable[[], QWidget]] = {
    "avatar": lambda: Avatar("Maria König"),
    "banner": lambda: Banner(
        "warn", "Imported with errors.", "3 rows have no item.", [("a", "Review 3 errors")]
    ),
    "banner bar": banner_bar,
    "bell": bell,
    "button": lambda: Button("New sales order", "primary", "add", shortcut="Alt+N"),
    "button danger": lambda: Button("Stop import", "danger"),
    "button ghost": lambda: Button("Put on hold", "ghost", "pause"),
    "button link": lambda: Button("See all", "link"),
    "card": card,
    "chart": chart,
    "chart legend": lambda: ChartLegend(["This year", "Last year"]),
    "cue": ready_cue,
    "cue error": failed_cue,
    "cue skeleton": lambda: CueTile("Overdue invoices", "receipt"),
    "elided": lambda: ElidedLabel("Harbour Supply Ltd., the company at the quay"),
    "empty": lambda: EmptyState(
        EmptyKind.FIRST_USE,
        "No customers yet",
        detail="Import them from a file.",
        action="Import",
        link="Help",
    ),
    "fact box": facts,
    "fact box error": failed_facts,
    "fact box loading": lambda: FactBox("Sales History"),
    "fast tab": fast_tab,
    "field": lambda: FieldRow("Name", QLineEdit("Harbour Supply"), hint="As on the letter."),
    "field combo": lambda: FieldRow("Payment Terms", QComboBox()),
    "field date": lambda: FieldRow("Document Date", QDateEdit()),
    "field error": field_with_error,
    "field number": lambda: FieldRow("Credit Limit", QSpinBox()),
    "field above": lambda: FieldRow("File", QLineEdit(), above=True, required=True),
    "icon label": lambda: IconLabel("database", name_for_readers="Database"),
    "live chart": live_chart,
    "pill": lambda: StatusPill("In Process"),
    "progress": progress,
    "search": lambda: SearchBox("Search customers"),
    "skeleton": lambda: Skeleton(3),
    "title": lambda: Label("Good morning, Maria", "title"),
    "toast": lambda: Toast("Filter deleted", action="Undo"),
    "tool button": lambda: IconButton("settings", "Settings", shortcut="Ctrl+,"),
}


def shown(qtbot: QtBot, name: str) -> QWidget:
    widget = WIDGETS[name]()
    qtbot.addWidget(widget)
    widget.show()
    widget.resize(widget.sizeHint().expandedTo(widget.minimumSizeHint()))
    return widget


def colours(widget: QWidget) -> set[int]:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return set(memoryview(image.constBits()).cast("I"))


@pytest.mark.parametrize("name", WIDGETS)
def test_it_is_drawn_anew_when_the_theme_changes(look: Theme, qtbot: QtBot, name: str) -> None:
    widget = shown(qtbot, name)
    light = colours(widget)
    look.set_mode("dark")
    dark = colours(widget)
    look.set_mode("light")
    assert light != dark
    assert colours(widget) == light


@pytest.mark.parametrize("name", WIDGETS)
def test_everything_that_can_be_used_has_a_name(look: Theme, qtbot: QtBot, name: str) -> None:
    widget = shown(qtbot, name)
    for part in [widget, *widget.findChildren(QWidget)]:
        if part.focusPolicy() == Qt.FocusPolicy.NoFocus or not part.isVisible():
            continue
        text = part.text() if isinstance(part, QAbstractButton) else ""
        assert part.accessibleName() or text, f"{type(part).__name__} in {name}"


@pytest.mark.parametrize("scale", [0.9, 1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("name", WIDGETS)
def test_its_words_fit_at_every_size_of_text(look: Theme, qtbot: QtBot, name: str, scale: float) -> None:
    widget = shown(qtbot, name)
    look.set_scale(scale)
    widget.resize(widget.sizeHint().expandedTo(widget.minimumSizeHint()))
    widget.grab()
    for part in [widget, *widget.findChildren(QWidget)]:
        if part.isVisible():
            assert_words_fit(part)


def assert_words_fit(part: QWidget) -> None:
    where = f"{type(part).__name__} at {part.geometry()}"
    if isinstance(part, QLabel) and part.text():
        inside = part.contentsRect()
        if isinstance(part, ElidedLabel):
            assert part.fontMetrics().height() <= inside.height() + 1, where
            return
        flags = int(Qt.TextFlag.TextWordWrap) if part.wordWrap() else 0
        wanted = part.fontMetrics().boundingRect(QRect(0, 0, inside.width(), 10_000), flags, part.text())
        assert wanted.height() <= inside.height() + 1, where
        assert wanted.width() <= inside.width() + 1, where
    elif isinstance(part, QAbstractButton) and part.text():
        assert part.fontMetrics().height() <= part.height(), where
        if not isinstance(part, CueTile):
            assert part.fontMetrics().horizontalAdvance(part.text()) <= part.width(), where
    elif isinstance(part, QLineEdit):
        assert part.fontMetrics().height() <= part.height(), where


BOXES = [
    ("body", 20),
    ("display", 44),
    ("caption", 18),
    ("caption_strong", 20),
    ("subtitle", 44),
]


@pytest.mark.parametrize("scale", [0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0])
@pytest.mark.parametrize(("role", "height"), BOXES)
def test_painted_words_are_lower_than_their_line(look: Theme, role: str, height: int, scale: float) -> None:
    look.set_scale(scale)
    assert QFontMetrics(look.font(role)).height() <= look.px(height)


@pytest.mark.parametrize(
    "name", ["button", "button danger", "button ghost", "button link", "cue", "fast tab", "search", "chart"]
)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_keyboard_is_seen_where_it_is(look: Theme, qtbot: QtBot, name: str, mode: str) -> None:
    look.set_mode("dark" if mode == "dark" else "light")
    widget = shown(qtbot, name)
    target = widget.header if isinstance(widget, FastTab) else widget
    widget.activateWindow()
    before = target.grab().toImage()
    with qtbot.waitActive(widget):
        target.setFocus(Qt.FocusReason.TabFocusReason)
    assert target.hasFocus()
    assert target.grab().toImage() != before


@pytest.mark.parametrize(
    "name", ["button", "tool button", "field", "field combo", "field date", "field number"]
)
def test_the_focus_ring_moves_nothing(look: Theme, qtbot: QtBot, name: str) -> None:
    widget = shown(qtbot, name)
    target = widget.editor if isinstance(widget, FieldRow) else widget
    before = target.sizeHint()
    with qtbot.waitActive(widget):
        widget.activateWindow()
        target.setFocus(Qt.FocusReason.TabFocusReason)
    assert target.sizeHint() == before


@pytest.mark.parametrize("name", ["button", "tool button", "bell", "search", "cue", "field", "field combo"])
def test_what_is_clicked_is_at_least_24_pixels_high(look: Theme, qtbot: QtBot, name: str) -> None:
    widget = shown(qtbot, name)
    target = widget.editor if isinstance(widget, FieldRow) else widget
    assert min(target.width(), target.height()) >= 24


@pytest.mark.parametrize("name", ["button", "field", "field combo", "field date", "field number", "search"])
def test_controls_are_30_high_at_every_size(look: Theme, qtbot: QtBot, name: str) -> None:
    for scale in (1.0, 1.5, 2.0):
        look.set_scale(scale)
        widget = shown(qtbot, name)
        target = widget.editor if isinstance(widget, FieldRow) else widget
        assert abs(target.height() - 30 * scale) <= 2
