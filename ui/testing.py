"""Tests of pages, in Backdesk and in extensions: a client session without a screen and without waiting.

Three lines, as with Business Central's TestPage:

    page = client.open_page("customer_card", key="C00010")
    page.go_to_record("C00020")
    assert page.field("name") == "Wagner GmbH"

Background tasks run inside the call that enqueues them, and their callbacks have fired when `open_page` and
`go_to_record` return. See docs/testing-pages.md.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import shiboken6
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.settings import Settings
from desktop.tasks.hub import Hub
from models.database import close_company, open_company
from ui.framework.background import BackgroundTasks
from ui.framework.callbacks import check_screen_allowed
from ui.framework.card_page import CardPage
from ui.framework.context import Notice, PageContext
from ui.framework.editors import FieldEditor
from ui.framework.fact_part import FactPart
from ui.framework.lines_part import LinesPart
from ui.framework.list_page import ListPage
from ui.framework.page import Page
from ui.framework.part import Part
from ui.framework.role_center_page import RoleCenterPage
from ui.navigation import all_pages, make_page
from ui.qt_setup import apply_theme, make_qt

SETTLED_SECONDS: Final = 60.0  # as long as the busiest computer takes for what a page asks for
_LOOK_MS: Final = 5


def is_settled(page: Page, hub: Hub) -> bool:
    """Whether a page has shown all that it has asked for; held tasks do not count."""
    children = page.findChildren(QWidget)
    if not hub.is_idle() or any(part.is_busy() for part in children if isinstance(part, Part)):
        return False
    for rows in (page, *children):
        if isinstance(rows, ListPage | LinesPart) and not (
            rows.model.is_settled() and not rows.background_columns.is_busy()
        ):
            return False
    if isinstance(page, ListPage | CardPage) and page.refresh_is_due():
        return False
    return not (isinstance(page, CardPage) and (page.is_saving() or page.is_appearing()))


class TestWindow:
    """What pages ask of the window they stand in; it opens nothing, and remembers all.

    Attributes:
        opened: names of pages, with their arguments.
        notices: what was said.
    """

    __test__ = False  # pytest takes no part in it

    def __init__(self) -> None:
        self.opened: list[tuple[str, dict[str, Any]]] = []
        self.notices: list[Notice] = []

    def navigate(self, page_name: str, /, **arguments: object) -> None:
        """A page is to be opened.

        Raises:
            CallbackNotAllowedError: by the callback of a background task.
            KeyError: there is no such page.
        """
        check_screen_allowed("Page.Run", all_pages()[page_name].title)
        self.opened.append((page_name, arguments))

    def notify(self, notice: Notice) -> None:
        """A notice is to be shown."""
        self.notices.append(notice)


class TestClient:
    """A client session for tests; use it in a with-statement.

    Args:
        company: an existing company file.
        user_id: in whose name everything runs.
        clock: where pages and codeunits read the time.
        settings: the person's; the defaults when None.

    Attributes:
        window: what pages asked of the window.
        context: what pages are given, for a page or part that a test makes by hand.
    """

    __test__ = False

    def __init__(
        self,
        company: Path,
        *,
        user_id: str = "TESTER",
        clock: Clock = SYSTEM_CLOCK,
        settings: Settings | None = None,
    ) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        self.settings = settings or Settings()
        self._qt = make_qt(["backdesk"])
        open_company(company)
        look = apply_theme(self._qt, self.settings)
        self.hub = Hub(self.settings, clock, user_id)
        self.hub.synchronous = True
        self.window = TestWindow()
        self.context = PageContext(
            self.hub, self.settings, clock, user_id, look, self.window.navigate, self.window.notify
        )
        self._pages: list[Page] = []

    def __enter__(self) -> TestClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open_page(self, name: str, **arguments: Any) -> TestPage:
        """Open a page by its name in `ui.navigation`; its tasks have run when it returns.

        Raises:
            KeyError: there is no such page.
        """
        page = make_page(all_pages()[name], self.context, arguments)
        self._pages.append(page)
        page.resize(1400, 760)
        page.show()
        page.open_page()
        self.settle(page)
        return TestPage(self, page)

    def settle(self, page: Page) -> None:
        """Wait until a page has shown all that it has asked for.

        Raises:
            TimeoutError: it has not after a minute.
        """
        if not self._wait_until(lambda: is_settled(page, self.hub)):
            asked = [info.codeunit for info in self.hub.child_sessions()]
            what = f"the codeunits {', '.join(asked)}" if asked else "something that it reads or writes"
            raise TimeoutError(f"{page.NAME} still waits for {what} after {SETTLED_SECONDS:g} s")

    def close(self) -> None:
        """Close all pages, and the company."""
        for page in self._pages:
            page.close_page()
        self.hub.close()
        for page in self._pages:
            shiboken6.delete(page)
        self._pages.clear()
        shiboken6.delete(self.hub)
        close_company()

    def _wait_until(self, happened: Callable[[], bool]) -> bool:
        loop, look, last = QEventLoop(), QTimer(), QTimer()

        def leave_when_it_has() -> None:
            if happened():
                loop.quit()

        look.timeout.connect(leave_when_it_has)
        last.setSingleShot(True)
        last.timeout.connect(loop.quit)
        look.start(_LOOK_MS)
        last.start(int(SETTLED_SECONDS * 1000))
        loop.exec()
        look.stop()
        return happened()


class TestPage:
    """An open page, as a test sees it.

    Attributes:
        page: the page itself, for whatever has no method here.
    """

    __test__ = False

    def __init__(self, client: TestClient, page: Page) -> None:
        self._client = client
        self.page = page

    def go_to_record(self, key: str) -> None:
        """Show another record on a card, or choose it on a list; its tasks have run when it returns.

        Raises:
            TypeError: the page is neither.
            KeyError: the list has no such record among those that it has read.
        """
        if isinstance(self.page, CardPage):
            self.page.show_record(key)
        elif isinstance(self.page, ListPage):
            place = self.page.model.place_of(key)
            if place is None:
                raise KeyError(key)
            self.page.view.select_row(place)
        else:
            raise TypeError(f"{self.page.TITLE} shows no records")
        self._client.settle(self.page)

    def field(self, name: str) -> str:
        """What a field of a card shows, also one of an extension.

        Raises:
            KeyError: there is no such field.
        """
        return self._editor(name).text()

    def set_field(self, name: str, text: str) -> None:
        """Type into a field of a card, or choose one of its options, and leave it; it is saved when it returns.

        Args:
            text: as a person types it; of a check box "Yes" or "No".
        Raises:
            KeyError: there is no such field, or the field has no such option.
            ValueError: the field cannot be changed, or the text was refused; says why.
        """
        editor = self._editor(name)
        if editor.read_only:
            raise ValueError(f"{editor.rule.caption} cannot be changed")
        _type(editor.widget, text)
        self._client.settle(self.page)
        if editor.row.error:
            raise ValueError(editor.row.error)

    def fact(self, caption: str) -> str:
        """What a FactBox shows beside a caption.

        Raises:
            KeyError: no FactBox has it; where one failed, the error is named.
        """
        boxes = [part.box for part in self.page.findChildren(QWidget) if isinstance(part, FactPart)]
        for box in boxes:
            for row in box.rows:
                if row.caption == caption:
                    return row.value
        raise KeyError(" ".join([caption, *(box.error for box in boxes)]).strip())

    def column(self, name: str) -> list[str]:
        """What the rows of a list show in a column, from the top, as far as they have been read.

        Raises:
            KeyError: there is no such column.
        """
        if not isinstance(self.page, ListPage):
            raise KeyError(name)
        model, place = self.page.model, self.page.model.column_index(name)
        return [
            str(model.index(row, place).data() or "") for row in range(model.rowCount()) if model.row(row)
        ]

    def cue(self, caption: str) -> str:
        """The figure of a cue of a Role Centre.

        Raises:
            KeyError: there is no such cue.
        """
        if not isinstance(self.page, RoleCenterPage):
            raise KeyError(caption)
        return self.page.tile(caption).value

    def click_cue(self, caption: str) -> tuple[str, dict[str, Any]]:
        """Click a cue.

        Returns:
            The page that it opens, by name, with its arguments.
        """
        if not isinstance(self.page, RoleCenterPage):
            raise KeyError(caption)
        self.page.tile(caption).click()
        return self._client.window.opened[-1]

    @property
    def banners(self) -> Sequence[tuple[str, str]]:
        """Severity and words of each banner, the newest first."""
        return self.page.banners.shown()

    @property
    def notices(self) -> list[str]:
        """The notices so far, of all pages."""
        return [notice.text for notice in self._client.window.notices]

    def trigger(self, action: str) -> None:
        """Do an action of the page by its key, and wait for what it brings."""
        self.page.trigger(action)
        self._client.settle(self.page)

    def run_page_background_task(
        self,
        codeunit: str,
        parameters: Mapping[str, str] | None = None,
        *,
        run_completion_triggers: bool = False,
    ) -> dict[str, str]:
        """As `BackgroundTasks.run_page_background_task`."""
        owner: BackgroundTasks = self.page
        results = owner.run_page_background_task(
            codeunit, parameters, run_completion_triggers=run_completion_triggers
        )
        self._client.settle(self.page)
        return results

    def close(self) -> None:
        """Close the page."""
        self.page.close_page()

    def _editor(self, name: str) -> FieldEditor:
        if not isinstance(self.page, CardPage):
            raise KeyError(name)
        try:
            return self.page.editor(name)
        except KeyError:
            return self.page.extension_editor(name)


def _type(widget: QWidget, text: str) -> None:
    """What a person does in a field, told as the widget tells it."""
    if isinstance(widget, QLineEdit):
        widget.setText(text)
        widget.editingFinished.emit()
    elif isinstance(widget, QComboBox):
        place = widget.findText(text)
        if place < 0:
            raise KeyError(text)
        widget.setCurrentIndex(place)
        widget.activated.emit(place)
    elif isinstance(widget, QCheckBox) and widget.isChecked() != {"Yes": True, "No": False}[text]:
        widget.click()
