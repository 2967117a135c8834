"""Questions and messages: never blocking, buttons that carry the verb, the safe answer preselected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ui.framework.callbacks import check_screen_allowed
from ui.theme import theme
from ui.widgets.buttons import Button, ButtonKind
from ui.widgets.labels import IconLabel, Label

WIDTH = 460
ICONS = {"info": "info", "ok": "checkmark_circle", "warn": "warning", "err": "error_circle"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One button: its key is handed to whoever asked."""

    key: str
    text: str
    kind: ButtonKind = "default"


class Dialog(QDialog):
    """The base of all dialogs: none opens when nobody at the screen has asked for it.

    Class attributes:
        CALL: what it is called in Business Central's words, for the error.

    Args:
        parent: the window it belongs to.
        title: of its frame; also what screen readers say.
    Raises:
        CallbackNotAllowedError: the callback of a background task opens it.
    """

    CALL: ClassVar[str] = "Page.RunModal"

    def __init__(self, parent: QWidget, title: str) -> None:
        check_screen_allowed(self.CALL, title)
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)

    def event(self, event: QEvent) -> bool:
        taken = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._make_room()
        elif event.type() == QEvent.Type.Show and not self.testAttribute(Qt.WidgetAttribute.WA_Resized):
            self._fit()
        return taken

    def _fit(self) -> None:
        """Take no more height than the sentences need in this width; Qt counts them as if it were narrower."""
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            needed = layout.totalHeightForWidth(self.width())
            if needed < self.height():
                self.resize(self.width(), needed)

    def _make_room(self) -> None:
        """Grow for what has come to be shown, such as why a value is refused; Qt counts no wrapped lines there."""
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            needed = layout.totalHeightForWidth(self.width())
            if self.isVisible() and needed > self.height():
                self.resize(self.width(), needed)


class Question(Dialog):
    """A modal question that does not block: the answer comes to a callback.

    Args:
        parent: the window it belongs to.
        title: the question or statement, one line.
        text: what follows from it.
        answers: the buttons, left to right; Esc and the cross answer with `default`.
        default: the key of the safe answer, preselected.
        on_answer: called once with the key.
        details: technical text behind "Show details", with Copy.
        severity: info, ok, warn or err.
        open_details: show the details at once.
    Raises:
        CallbackNotAllowedError: the callback of a background task asks.
    """

    CALL = "Confirm"

    def __init__(
        self,
        parent: QWidget,
        title: str,
        text: str,
        answers: Sequence[Answer],
        default: str,
        on_answer: Callable[[str], None],
        *,
        details: str = "",
        severity: str = "info",
        open_details: bool = False,
    ) -> None:
        super().__init__(parent, title)
        self._default, self._on_answer = default, on_answer
        self._answered = False
        self._safe: Button | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        px = theme().px
        self.setMinimumWidth(px(WIDTH))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(8))
        head = QHBoxLayout()
        head.setSpacing(px(10))
        tone = "accent" if severity == "info" else severity
        head.addWidget(IconLabel(ICONS[severity], tone, 22, filled=True), 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(Label(title, "subtitle", wrap=True), 1)
        column.addLayout(head)
        if text:
            body = Label(text, tone="fg2", wrap=True)
            body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(body)
        self._details = QPlainTextEdit(details)
        self._details.setReadOnly(True)
        self._details.setAccessibleName("Details")
        self._details.setMinimumHeight(px(160))
        self._details.hide()
        column.addWidget(self._details)
        column.addSpacing(px(8))
        column.addLayout(self._buttons(answers, bool(details)))
        if open_details and details:
            self._toggle_details()

    def _buttons(self, answers: Sequence[Answer], with_details: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        if with_details:
            self._show_details = Button("Show details", "link")
            self._show_details.clicked.connect(self._toggle_details)
            copy = Button("Copy", "link")
            copy.clicked.connect(self._copy)
            row.addWidget(self._show_details)
            row.addWidget(copy)
        row.addStretch(1)
        for answer in answers:
            button = Button(answer.text, answer.kind)
            button.setObjectName(answer.key)
            button.clicked.connect(self._on_clicked)
            row.addWidget(button)
            if answer.key == self._default:
                button.setDefault(True)
                self._safe = button
        return row

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._safe is not None:  # Qt has given the keyboard to the first button until now
            self._safe.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, key: str) -> None:
        """Answer, as if the button had been pressed."""
        self._answer(key)
        self.accept()

    def _on_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.choose(sender.objectName())

    def done(self, result: int) -> None:
        super().done(result)
        self._answer(self._default)

    def _answer(self, key: str) -> None:
        if not self._answered:
            self._answered = True
            self._on_answer(key)

    def _toggle_details(self) -> None:
        shown = self._details.isHidden()
        self._details.setVisible(shown)
        self._show_details.setText("Hide details" if shown else "Show details")
        self.adjustSize()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())


class Message(Question):
    """A question with one answer."""

    CALL = "Message"


def ask(
    parent: QWidget,
    title: str,
    text: str,
    answers: Sequence[Answer],
    default: str,
    on_answer: Callable[[str], None],
) -> Question:
    """Ask; the answer comes to `on_answer`."""
    question = Question(parent, title, text, answers, default, on_answer, severity="warn")
    question.open()
    return question


def ask_first(parent: QWidget, title: str, text: str, verb: str, do: Callable[[], None]) -> Question:
    """Ask before something that cannot be taken back; "Keep" is the safe answer.

    Args:
        text: what is lost.
        verb: on the button after which it is done.
        do: what is done then.
    """
    yes = Answer(verb.casefold(), verb, "danger")
    return ask(parent, title, text, (yes, Answer("keep", "Keep", "primary")), "keep", _On(yes.key, do))


def tell(
    parent: QWidget,
    title: str,
    text: str,
    *,
    details: str = "",
    severity: str = "info",
    open_details: bool = False,
) -> Question:
    """Say something that must be read; with technical details behind a button, or open at once."""
    told = Message(
        parent,
        title,
        text,
        (Answer("close", "Close", "primary"),),
        "close",
        _nothing,
        details=details,
        severity=severity,
        open_details=open_details,
    )
    told.open()
    return told


@dataclass(frozen=True, slots=True)
class _On:
    key: str
    do: Callable[[], None]

    def __call__(self, key: str) -> None:
        if key == self.key:
            self.do()


def _nothing(_key: str) -> None:
    """A message has no answer to act on."""
