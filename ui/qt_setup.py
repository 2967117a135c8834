"""Qt as every program of Backdesk begins with it: its name, its messages in our log, and the look."""

from __future__ import annotations

import logging
import sys
from typing import cast

from PySide6.QtCore import QLocale, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

import resources
from desktop.settings import Settings
from ui.theme import Mode, Theme, theme

__all__ = ["apply_theme", "make_qt"]

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def make_qt(arguments: list[str] | None = None) -> QApplication:
    """The QApplication with its name, its icon and our message handler."""
    qInstallMessageHandler(_log_qt_message)
    known = cast("QApplication | None", QApplication.instance())
    qt = known or QApplication(arguments if arguments is not None else sys.argv[:1])
    qt.setApplicationName("Backdesk")
    qt.setDesktopFileName("backdesk")
    qt.setWindowIcon(QIcon(str(resources.path("icons", "backdesk.svg"))))
    qt.setQuitOnLastWindowClosed(False)
    if QLocale.system().language() == QLocale.Language.C:
        QLocale.setDefault(QLocale("en_GB"))  # a system without a language would group no thousands
    return qt


def apply_theme(qt: QApplication, settings: Settings) -> Theme:
    """Give the application the look that the person has chosen."""
    look = theme()
    look.set_mode(cast(Mode, settings.theme if settings.theme in ("light", "dark", "system") else "system"))
    look.set_scale(settings.scale)
    look.set_system_font(settings.system_font)
    look.apply(qt)
    return look


def _log_qt_message(kind: QtMsgType, _context: object, message: str) -> None:
    if "does not support propagateSizeHints" not in message:  # Fusion says so on every offscreen window
        logging.getLogger("qt").log(_LEVELS.get(kind, logging.INFO), message)
