"""What opens from the bell: everything that was told, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from desktop.formats import ago_text
from models.job_rows import NotificationRow
from ui.notifications import open_word, repeats_text
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.labels import IconLabel, Label
from ui.widgets.popup import Popup
from ui.widgets.scroller import Scroller

ICONS = {"ok": "checkmark_circle", "info": "info", "warn": "warning", "err": "error_circle"}
KINDS = {"All": "", "Errors": "err", "Warnings": "warn", "Done": "ok", "Information": "info"}
HEIGHT = 420


class _Line(QWidget):
    """One notification."""

    open_clicked = Signal()

    def __init__(self, row: NotificationRow, now: datetime) -> None:
        super().__init__()
        self.row = row
        icon = IconLabel(ICONS.get(row.severity, "info"), row.severity, 18, filled=True)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(Label(row.title, "body" if row.read else "body_strong", wrap=True))
        if row.text:
            texts.addWidget(Label(row.text, "caption", "fg2", wrap=True))
        if row.repeats:
            texts.addWidget(Label(repeats_text(row), "caption_strong", "fg2", wrap=True))
        age = Label(ago_text(row.created_at, now), "caption", "fg3")
        age.setToolTip(f"{row.created_at.astimezone():%d %b %Y %H:%M:%S %Z}")
        texts.addWidget(age)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 4, 8, 8)
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(texts, 1)
        self.open_button: Button | None = None
        if row.run_id is not None or row.report_id is not None or row.job_id:
            button = Button(open_word(row), "link", small=True)
            button.setAccessibleName(f"{button.text()}: {row.title}")
            button.clicked.connect(self.open_clicked)
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            self.open_button = button


class BellPopup(Popup):
    """See the module's docstring."""

    open_requested = Signal(object)  # NotificationRow
    read_all_requested = Signal()
    clear_requested = Signal()
    choices_requested = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, "Notifications", width=440)
        self._rows: list[NotificationRow] = []
        self._now: datetime | None = None
        self._kind = QComboBox()
        self._kind.addItems(list(KINDS))
        self._kind.setAccessibleName("Kind of notification")
        self._kind.currentTextChanged.connect(self._fill)
        read_all = Button("Mark all as read", "link", small=True)
        read_all.clicked.connect(self.read_all_requested)
        self._clear = Button("Clear", "link", small=True)
        self._clear.clicked.connect(self.clear_requested)
        head = QHBoxLayout()
        head.addWidget(self._kind)
        head.addStretch(1)
        head.addWidget(read_all)
        head.addWidget(self._clear)
        self._scroll = Scroller()
        self._nothing = Label("", tone="fg2", wrap=True)
        self.body.addLayout(head)
        self.body.addWidget(self._nothing)
        self.body.addWidget(self._scroll)
        self._choices = Button("Choose what you are told…", "link", small=True)
        self._choices.clicked.connect(self._on_choices)
        self.body.addWidget(self._choices, 0, Qt.AlignmentFlag.AlignLeft)

    def show_rows(self, rows: Sequence[NotificationRow], now: datetime) -> None:
        """Show this history; `now` makes the ages."""
        self._rows, self._now = list(rows), now
        self._fill()

    def shown(self) -> list[NotificationRow]:
        """The rows that the chosen kind lets through."""
        kind = KINDS[self._kind.currentText()]
        return [row for row in self._rows if kind in ("", row.severity)]

    def _fill(self) -> None:
        if self._now is None:
            return
        shown = self.shown()
        content = QWidget()
        content.setProperty("plain", True)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        for row in shown:
            line = _Line(row, self._now)
            line.open_clicked.connect(self._on_open)
            column.addWidget(line)
        column.addStretch(1)
        self._scroll.setWidget(content)
        before = self._clear
        for line in content.findChildren(_Line):
            if line.open_button is not None:  # made after what stands below it, but read before
                QWidget.setTabOrder(before, line.open_button)
                before = line.open_button
        QWidget.setTabOrder(before, self._choices)
        self._scroll.setFixedHeight(min(theme().px(HEIGHT), content.sizeHint().height()))
        self._scroll.setVisible(bool(shown))
        self._nothing.setText(
            "Nothing of this kind." if self._rows else "Nothing yet. When a job ends, it says so here."
        )
        self._nothing.setVisible(not shown)
        if self.is_open:
            self.place()

    def _on_choices(self) -> None:
        self.close_popup()
        self.choices_requested.emit()

    def _on_open(self) -> None:
        line = self.sender()
        if isinstance(line, _Line):
            self.close_popup()
            self.open_requested.emit(line.row)
