"""Catches the author who enqueues a page background task for each row of a list.

Such tasks are cancelled as soon as they have begun, or fill the queue. A Python warning names the page, the
codeunit and the right trigger, once for each page and codeunit; in the developer mode a banner says it as well.
Two nets: rows are being read or drawn at this moment, or the same page has enqueued the same codeunit more often
within one turn of the event loop than any page has a reason to.
"""

from __future__ import annotations

import warnings
import weakref
from collections import Counter
from types import TracebackType
from typing import Final

from PySide6.QtCore import QObject, QTimer

from ui.framework.context import PageContext
from ui.widgets.banner import BannerBar

MOST_IN_ONE_TURN: Final = 20


class EnqueuePerRowWarning(UserWarning):
    """A page enqueues a background task for each row."""


class _ReadingRows:
    """`with reading_rows:` while rows are read, measured or drawn; may be nested."""

    __slots__ = ("_depth",)

    def __init__(self) -> None:
        self._depth = 0

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1

    def __bool__(self) -> bool:
        return self._depth > 0


reading_rows: Final = _ReadingRows()

_enqueued: weakref.WeakKeyDictionary[object, Counter[str]] = weakref.WeakKeyDictionary()
_warned: weakref.WeakKeyDictionary[object, set[str]] = weakref.WeakKeyDictionary()


def check_not_per_row(owner: object, context: PageContext, codeunit: str, *, at_once: bool = False) -> None:
    """Called for each task that a page or part enqueues or runs; warns where it is one for each row.

    Args:
        owner: the page or part.
        at_once: the caller waits for the task, as tests do as often as they like.
    """
    if reading_rows:
        _warn(owner, context, codeunit, "while its rows are read or drawn")
        return
    if at_once:
        return
    if not _enqueued:
        QTimer.singleShot(0, _enqueued.clear)
    counts = _enqueued.setdefault(owner, Counter())
    counts[codeunit] += 1
    if counts[codeunit] > MOST_IN_ONE_TURN:
        _warn(owner, context, codeunit, f"more than {MOST_IN_ONE_TURN} times at once")


def _warn(owner: object, context: PageContext, codeunit: str, when: str) -> None:
    warned = _warned.setdefault(owner, set())
    if codeunit in warned:
        return
    warned.add(codeunit)
    name = type(owner).__name__
    advice = (
        "Enqueue it in on_after_get_current_record for the current row, or show its values in a BackgroundColumn, "
        "which works them out for all visible rows in one task."
    )
    if context.settings.developer_mode and (banners := _banners_of(owner)) is not None:
        title = f"{name} runs “{codeunit}” {when}."
        # Not now: a banner moves the list, which may be in the middle of its drawing.
        QTimer.singleShot(0, banners, _Banner(banners, f"per row {codeunit}", title, advice).show)
    warnings.warn(
        f"{name} runs the codeunit “{codeunit}” {when}. {advice}", EnqueuePerRowWarning, stacklevel=4
    )


class _Banner:
    def __init__(self, banners: BannerBar, key: str, title: str, text: str) -> None:
        self._banners, self._key, self._title, self._text = banners, key, title, text

    def show(self) -> None:
        self._banners.show_banner(self._key, "warn", self._title, self._text)


def _banners_of(owner: object) -> BannerBar | None:
    """The banners of the page that the owner is, or stands on."""
    widget = owner if isinstance(owner, QObject) else None
    while widget is not None:
        banners = getattr(widget, "banners", None)
        if isinstance(banners, BannerBar):
            return banners
        widget = widget.parent()
    return None
