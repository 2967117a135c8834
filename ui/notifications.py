"""Which channel a notification takes: toast, banner, the operating system; the bell has all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from desktop.formats import count_text
from models.job_rows import NotificationRow
from ui.icons import icon

MOST_AT_ONCE = 3  # more of them become one sentence


class Channel(Enum):
    """Where a notification is shown besides the bell."""

    TOAST = auto()
    BANNER = auto()
    SYSTEM = auto()


@dataclass(frozen=True, slots=True)
class Presentation:
    """What is shown where. `row` is None for a sentence about several."""

    channel: Channel
    severity: str
    title: str
    text: str
    row: NotificationRow | None


def present(rows: Sequence[NotificationRow], window_active: bool) -> list[Presentation]:
    """Decide how new notifications are shown.

    Args:
        rows: what is new, oldest first.
        window_active: whether the person has the window in front.
    Returns:
        At most three; beyond that one sentence stands for all.
    """
    rows = [row for row in rows if (row.banner if window_active else row.operating_system)]
    if len(rows) > MOST_AT_ONCE:
        failed = sum(row.severity in ("err", "warn") for row in rows)
        channel = Channel.SYSTEM if not window_active else Channel.BANNER if failed else Channel.TOAST
        tail = f", {failed} with errors" if failed else ""
        return [
            Presentation(
                channel,
                "warn" if failed else "ok",
                f"{len(rows)} jobs ended{tail}.",
                "See the bell for each.",
                None,
            )
        ]
    return [
        Presentation(
            Channel.SYSTEM if not window_active else Channel.BANNER if row.needs_action else Channel.TOAST,
            row.severity,
            row.title,
            row.text,
            row,
        )
        for row in rows
    ]


def open_word(row: NotificationRow) -> str:
    """What the button says that opens what a notification is about."""
    if row.run_id is not None:
        return "Open results"
    return "Open report" if row.report_id is not None else "Show job"


def repeats_text(row: NotificationRow) -> str:
    """What it says of those that were only counted, e.g. "5 more failures of “Nightly”"; empty for none."""
    if not row.repeats:
        return ""
    many = count_text(row.repeats)
    of_what = f" of “{row.job}”" if row.job else ""
    if row.severity != "err":
        return f"{many} more{of_what}"
    return f"{many} more {'failure' if row.repeats == 1 else 'failures'}{of_what}"


class SystemNotifier(QObject):
    """Tells the operating system; a click opens what it was about.

    Args:
        open_row: called with the row of the last message when it is clicked.
    """

    def __init__(self, open_row: Callable[[NotificationRow], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_row = open_row
        self._last: NotificationRow | None = None
        self._tray: QSystemTrayIcon | None = None

    def available(self) -> bool:
        """Whether there is a place for such messages."""
        return QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()

    def show(self, presentation: Presentation) -> bool:
        """Show one message.

        Returns:
            False when the system has no place for it; then the caller shows it in the window.
        """
        if not self.available():
            return False
        self._last = presentation.row
        kind = (
            QSystemTrayIcon.MessageIcon.Warning
            if presentation.severity in ("err", "warn")
            else QSystemTrayIcon.MessageIcon.Information
        )
        self.tray().showMessage(presentation.title, presentation.text, kind)
        return True

    def tray(self) -> QSystemTrayIcon:
        """The icon in the tray; made when it is first needed."""
        if self._tray is None:
            self._tray = QSystemTrayIcon(self._icon(), self)
            self._tray.setToolTip("Backdesk")
            self._tray.messageClicked.connect(self._on_clicked)
            self._tray.show()
        return self._tray

    def close(self) -> None:
        """Take the icon away."""
        if self._tray is not None:
            self._tray.hide()

    def _icon(self) -> QIcon:
        own = QApplication.windowIcon()
        return own if not own.isNull() else icon("tasks_app", "accent", 20, filled=True)

    def _on_clicked(self) -> None:
        if self._last is not None:
            self._open_row(self._last)
