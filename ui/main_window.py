"""The window: the frame, and the trail of pages that a person has opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from models.changes import Change
from ui.extensions import tell_page_fault
from ui.framework.callbacks import check_screen_allowed
from ui.framework.context import Notice, PageContext
from ui.framework.page import Page
from ui.icons import follow_icon
from ui.navigation import DATA_SEARCH, HOME, PAGES, all_pages, make_page
from ui.page_entry import PageEntry
from ui.shell.bell_popup import BellPopup
from ui.shell.jobs_popup import JobsPopup
from ui.shell.nav_bar import NavBar
from ui.shell.status_line import StatusLine
from ui.shell.tell_me_field import SHORTCUT as TELL_ME_SHORTCUT
from ui.shell.top_bar import BELL_SHORTCUT, JOBS_SHORTCUT, SETTINGS_SHORTCUT, TopBar
from ui.tell_me import Group, Suggestion
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.dropped_file import accept_file
from ui.widgets.labels import ElidedLabel
from ui.widgets.toast import Toasts

SMALLEST, FIRST = QSize(1024, 640), QSize(1440, 900)
MOST_RECENT = 5


@dataclass(slots=True)
class _Opened:
    """One page of the trail."""

    entry: PageEntry
    page: Page


class MainWindow(QMainWindow):
    """See the module's docstring.

    Args:
        context: handed to every page; its `navigate` and `notify` are set to this window's.
        company_name, company_file, user_name: what the frame says.

    The window knows no engine: what its buttons ask for goes out as signals.
    """

    closing = Signal(object)  # QCloseEvent: whoever composes the application accepts or ignores it
    page_opened = Signal(object)  # Page
    file_dropped = Signal(object)  # Path

    def __init__(self, context: PageContext, company_name: str, company_file: str, user_name: str) -> None:
        super().__init__()
        self._context = context
        context.navigate = self.navigate
        context.notify = self.show_notice
        context.settings_changed = self._on_settings_changed
        self._trail: list[_Opened] = []
        self._recent: list[str] = []
        self.setWindowTitle(f"Backdesk – {company_name}")
        self.setMinimumSize(SMALLEST)
        self.resize(FIRST.boundedTo(self.screen().availableSize() * 0.96))
        self.setAcceptDrops(True)
        self.top_bar = TopBar(self._suggestions, user_name)
        self.nav_bar = NavBar(company_name)
        self.status_line = StatusLine(company_file, context.clock.today())
        self.jobs_popup = JobsPopup(self)
        self.bell_popup = BellPopup(self)
        self.toasts = Toasts(self)
        self._notices: dict[str, Notice] = {}
        self._pages = context.page_place = QStackedWidget()
        self._back = Button("Back", "ghost", "arrow_left")
        self._back.setToolTip("Back (Esc)")
        self._path = ElidedLabel("", "caption", "fg3")
        self._breadcrumb = QWidget()
        self._arrange()
        self._connect()
        self._on_settings_changed()

    def _arrange(self) -> None:
        px = theme().px
        crumbs = QHBoxLayout(self._breadcrumb)
        crumbs.setContentsMargins(px(16), px(8), px(24), 0)
        crumbs.addWidget(self._back)
        crumbs.addWidget(self._path, 1)
        root = QWidget()
        root.setObjectName("page")
        column = QVBoxLayout(root)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self.nav_bar)
        column.addWidget(self._breadcrumb)
        column.addWidget(self._pages, 1)
        column.addWidget(self.status_line)
        self.setCentralWidget(root)

    def _connect(self) -> None:
        self._back.clicked.connect(self.go_back)
        self.nav_bar.page_requested.connect(self.go_to)
        self.top_bar.menu_requested.connect(self._open_page_menu)
        self.top_bar.settings_requested.connect(self._open_settings)
        self.status_line.trial.change_requested.connect(self._open_settings)
        self.top_bar.jobs_requested.connect(self._toggle_jobs)
        self.top_bar.bell_requested.connect(self._toggle_bell)
        self.jobs_popup.open_requested.connect(self._open_jobs)
        self.toasts.action_triggered.connect(self._on_toast_action)
        for keys, handler in (
            (TELL_ME_SHORTCUT, self.top_bar.tell_me.open),
            (JOBS_SHORTCUT, self._toggle_jobs),
            (BELL_SHORTCUT, self._toggle_bell),
            (SETTINGS_SHORTCUT, self._open_settings),
            ("Ctrl+I", self._import_file),
            ("Shift+F12", self._open_page_menu),
            ("Ctrl+F1", self.top_bar.help_requested.emit),
            ("Esc", self.go_back),
        ):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(handler)
            self.addAction(action)

    # ---- pages

    def current_page(self) -> Page | None:
        """The page in front."""
        return self._trail[-1].page if self._trail else None

    def pages(self) -> list[Page]:
        """All pages of the trail; the last is in front."""
        return [opened.page for opened in self._trail]

    def go_to(self, page_name: str) -> None:
        """Open a page in place of everything that is open: what the bar and Tell Me do."""
        self._open(page_name, {}, keep=0)

    def navigate(self, page_name: str, /, **arguments: object) -> None:
        """Open a page on top of the one in front; Esc comes back.

        Raises:
            KeyError: there is no such page.
            CallbackNotAllowedError: the callback of a background task calls it.
        """
        self._open(page_name, arguments, keep=len(self._trail))

    def go_back(self) -> None:
        """Close the page in front, if another is below it."""
        if len(self._trail) > 1:
            self._close_from(len(self._trail) - 1)
            self._show_front()

    def close_pages(self) -> None:
        """End all pages: what was typed is on its way to the database."""
        self._close_from(0)

    def records_changed(self, changes: Sequence[Change]) -> None:
        """Tell every open page."""
        for page in self.pages():
            page.records_changed(changes)

    def job_progressed(self, job_id: str, done: int, total: int, text: str) -> None:
        """Tell every open page."""
        for page in self.pages():
            page.on_job_progressed(job_id, done, total, text)

    def _open(self, page_name: str, arguments: dict[str, object], *, keep: int) -> None:
        entry = all_pages()[page_name]
        check_screen_allowed("Page.Run", entry.title)
        try:
            page = make_page(entry, self._context, arguments)
        except Exception as failure:
            self._remove_half_made()
            if tell_page_fault(self.current_page(), page_name, failure):
                return
            raise
        self._close_from(keep)
        self._trail.append(_Opened(entry, page))
        self._pages.addWidget(page)
        page.close_requested.connect(self._on_close_requested)
        page.title_changed.connect(self._show_path)
        if entry.listed:
            self._recent = [page_name, *(name for name in self._recent if name != page_name)][:MOST_RECENT]
        self._show_front()
        page.open_page()
        self.page_opened.emit(page)

    def _remove_half_made(self) -> None:
        pages = self._pages.findChildren(Page, options=Qt.FindChildOption.FindDirectChildrenOnly)
        for page in [page for page in pages if self._pages.indexOf(page) < 0]:
            page.deleteLater()

    def _close_from(self, index: int) -> None:
        for opened in reversed(self._trail[index:]):
            opened.page.close_page()
            self._pages.removeWidget(opened.page)
            opened.page.hide()
            opened.page.deleteLater()
        del self._trail[index:]

    def _show_front(self) -> None:
        page = self._trail[-1].page
        last = page.focusWidget()  # where the keyboard was when another page came over this one
        self._pages.setCurrentWidget(page)
        (last or page).setFocus(Qt.FocusReason.OtherFocusReason)
        marked = [opened.entry.name for opened in self._trail if opened.entry.menu]
        self.nav_bar.mark(marked[-1] if marked else "")
        self._show_path()

    def _show_path(self) -> None:
        self._breadcrumb.setVisible(len(self._trail) > 1)
        self._path.setText("  ›  ".join(opened.page.windowTitle() for opened in self._trail))

    def _on_close_requested(self) -> None:
        if self.sender() is self.current_page():
            self.go_back()

    def search_data(self, text: str) -> None:
        """Search the company for a text; where Data Search is in front already, in its place."""
        in_front = bool(self._trail) and self._trail[-1].entry.name == DATA_SEARCH
        self._open(DATA_SEARCH, {"text": text}, keep=len(self._trail) - int(in_front))

    # ---- what the frame opens

    def _suggestions(self, typed: str) -> list[Suggestion]:
        known = all_pages()
        recent = [self._page_suggestion(known[name], Group.RECENT) for name in self._recent if name in known]
        pages = [self._page_suggestion(entry, Group.PAGES) for entry in known.values() if entry.listed]
        page = self.current_page()
        actions = [
            Suggestion(Group.ACTIONS, action.text, action.icon, action.handler, action.shortcut)
            for action in (page.actions_of_page() if page else [])
        ]
        text = " ".join(typed.split())
        if not text:
            return [*recent, *actions, *pages]
        search = Suggestion(
            Group.COMPANY_DATA,
            f"Search company data for “{text}”",
            "document_search",
            partial(self.search_data, text),
            "Ctrl+Enter",
        )
        return [*actions, *pages, search]

    def _page_suggestion(self, entry: PageEntry, group: Group) -> Suggestion:
        return Suggestion(group, entry.title, entry.icon, _Go(self, entry.name), terms=entry.search_terms)

    def _import_file(self) -> None:
        page = self.current_page()
        if page is not None:
            page.context.import_file()

    def _open_page_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in all_pages().values():
            if entry.listed:
                action = menu.addAction(entry.title)
                follow_icon(action, entry.icon)
                action.triggered.connect(_Go(self, entry.name))
        anchor = self.top_bar.menu
        menu.popup(anchor.mapToGlobal(anchor.rect().bottomLeft()))

    def _on_settings_changed(self) -> None:
        self.status_line.trial.show_trial(self._context.settings)

    def _open_settings(self) -> None:
        self.navigate("settings")

    def _open_jobs(self) -> None:
        self.navigate("job_queue_entries")

    def _toggle_jobs(self) -> None:
        self.bell_popup.close_popup()
        self.jobs_popup.toggle_under(self.top_bar.jobs)

    def _toggle_bell(self) -> None:
        self.jobs_popup.close_popup()
        self.bell_popup.toggle_under(self.top_bar.bell)

    def show_notice(self, notice: Notice) -> None:
        """Show a toast."""
        key = f"notice {len(self._notices)}"
        if notice.on_action is not None:
            self._notices[key] = notice
        self.toasts.show_toast(notice.text, notice.severity, action=notice.action, key=key)

    def _on_toast_action(self, key: str) -> None:
        notice = self._notices.pop(key, None)
        if notice is not None and notice.on_action is not None:
            notice.on_action()

    # ---- Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        accept_file(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if (file := accept_file(event)) is not None:
            self.file_dropped.emit(file)


@dataclass(frozen=True, slots=True)
class _Go:
    """Goes to a page when it is called."""

    window: MainWindow
    page_name: str

    def __call__(self, _checked: bool = False) -> None:
        if self.page_name in PAGES and (self.page_name == HOME or PAGES[self.page_name].menu):
            self.window.go_to(self.page_name)
        else:
            self.window.navigate(self.page_name)
