"""Dialogs that read and write."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.dialogs import Dialog
from ui.framework.context import PageContext

__all__ = ["WorkDialog"]


class WorkDialog(Dialog):
    """A modal dialog that is gone when it is closed, and hears no more then of what it has asked for."""

    def __init__(self, parent: QWidget, context: PageContext, title: str) -> None:
        super().__init__(parent, title)
        self.context = context
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)

    def done(self, result: int) -> None:
        self.context.hub.forget(self)
        super().done(result)
