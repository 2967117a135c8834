"""Everything that a person is told: shown once where they look, and kept in the bell."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, cast

from PySide6.QtCore import QObject

from desktop.notifications import notifications
from desktop.notifications.kinds import NotificationKind
from desktop.notifications.preferences import choose
from desktop.tasks.task import TaskError
from models.integration_record import ImportRun
from models.job_rows import NotificationRow, notification_history
from ui.framework.context import Notice, PageContext
from ui.framework.page import Page
from ui.main_window import MainWindow
from ui.notifications import Channel, Presentation, SystemNotifier, open_word, present, repeats_text
from ui.widgets.banner import BannerBar, Severity

RUNS: Final = ImportRun.table()
NEVER: Final = "never"


class NotificationCenter(QObject):
    """Presents new notifications and keeps the bell.

    Args:
        told: the number of the newest notification that is not new any more.
        on_error: told when the history cannot be read or written.
    """

    def __init__(
        self,
        window: MainWindow,
        context: PageContext,
        told: int,
        on_error: Callable[[TaskError], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._window, self._context = window, context
        self._told = told
        self._report = on_error
        self._shown: dict[str, NotificationRow] = {}  # by the key of its banner
        self.system = SystemNotifier(self.open, self)
        window.page_opened.connect(self._on_page_opened)
        window.bell_popup.open_requested.connect(self.open)
        window.bell_popup.read_all_requested.connect(self._read_all)
        window.bell_popup.clear_requested.connect(self._clear)
        window.bell_popup.choices_requested.connect(self._open_choices)

    def refresh(self) -> None:
        """Read the history; what is new is presented."""
        read = partial(notification_history, self._context.user_id)
        self._context.hub.query(self, read, self._show, self._on_error, key="history")

    def open(self, row: NotificationRow) -> None:
        """Go to what a notification is about; that reads it."""
        self._mark_read(row.id)
        if row.run_id is not None:
            self._window.navigate("integration_records", run_id=row.run_id)
        elif row.report_id is not None:
            self._window.navigate("report_inbox", report_id=row.report_id, open_it=True)
        elif row.job_id:
            self._window.navigate("job_queue_log_entries", job_id=row.job_id)

    def close(self) -> None:
        """The application ends."""
        self.system.close()
        self._context.hub.forget(self)

    def _show(self, rows: list[NotificationRow]) -> None:
        window = self._window
        window.bell_popup.show_rows(rows, self._context.clock.now())
        window.top_bar.bell.set_count(sum(row.needs_action and not row.read for row in rows))
        new = [row for row in reversed(rows) if row.id > self._told]
        self._count_on(rows)
        if new:
            self._told = new[-1].id
            for row in new:
                self._replace_earlier(row, rows)
            for shown in present(new, window.isActiveWindow()):
                self._present(shown)

    def _replace_earlier(self, row: NotificationRow, rows: list[NotificationRow]) -> None:
        """An import tells how it stands now: what it told before needs nobody any more."""
        earlier = [] if row.run_id is None else [each for each in rows if each.run_id == row.run_id]
        earlier = [each for each in earlier if each.id < row.id]
        for each in earlier:
            if self._shown.pop(_key(each), None) is not None:
                for page in self._window.pages():
                    page.banners.remove(_key(each))
        unread = [each.id for each in earlier if not each.read]
        if unread:
            self._write(partial(notifications.mark_read, unread, clock=self._context.clock))

    def _present(self, shown: Presentation) -> None:
        channel = shown.channel
        if channel is Channel.SYSTEM:
            if self._context.settings.notify_operating_system and self.system.show(shown):
                return
            channel = Channel.BANNER if shown.severity in ("err", "warn") else Channel.TOAST
        page = self._window.current_page()
        row = shown.row
        if row is not None and page is not None and page.current_record() == (RUNS, str(row.run_id)):
            self._mark_read(row.id)  # the person looks at these results already
            return
        if channel is Channel.TOAST or page is None:
            self._toast(shown)
        else:
            self._banner(shown, page)

    def _toast(self, shown: Presentation) -> None:
        row, severity = shown.row, cast(Severity, shown.severity)
        text = " · ".join(filter(None, (shown.title, shown.text)))
        if row is None or (row.run_id is None and row.report_id is None):
            self._window.show_notice(Notice(text, severity))
        else:
            self._window.show_notice(Notice(text, severity, open_word(row), partial(self.open, row)))

    def _banner(self, shown: Presentation, page: Page) -> None:
        row, severity = shown.row, cast(Severity, shown.severity)
        if row is None:
            page.banners.show_banner("notifications", severity, shown.title, shown.text)
            return
        self._show_row(row, page)

    def _show_row(self, row: NotificationRow, page: Page) -> None:
        key = _key(row)
        self._shown[key] = row
        actions = [("open", open_word(row))] if _leads_somewhere(row) else []
        if row.kind:
            actions.append((NEVER, "Don't show again"))
        text = " · ".join(filter(None, (repeats_text(row), row.text)))
        page.banners.show_banner(key, cast(Severity, row.severity), row.title, text, actions)

    def _count_on(self, rows: list[NotificationRow]) -> None:
        """What is in sight already says how many more there were since."""
        page = self._window.current_page()
        in_sight = [] if page is None else page.banners.keys
        for row in rows:
            if page is not None and _key(row) in in_sight and row.repeats != self._shown[_key(row)].repeats:
                self._show_row(row, page)

    def _on_page_opened(self, page: Page) -> None:
        page.banners.action_triggered.connect(self._on_banner_action)
        page.banners.closed.connect(self._on_banner_closed)

    def _on_banner_action(self, key: str, action: str) -> None:
        row = self._shown.pop(key, None)
        if row is None:
            return
        bar = self.sender()
        if isinstance(bar, BannerBar):
            bar.remove(key)
        if action == NEVER:
            self._show_no_more(row)
        else:
            self.open(row)

    def _show_no_more(self, row: NotificationRow) -> None:
        """The person does not want to be told of this kind any more; My Notifications undoes it."""
        self._mark_read(row.id)
        kind = NotificationKind(row.kind)
        self._write(partial(choose, self._context.user_id, kind, enabled=False))
        text = f"“{kind.value}” is not shown any more."
        self._window.show_notice(Notice(text, "info", "My Notifications", self._open_choices))

    def _open_choices(self) -> None:
        self._window.navigate("my_notifications")

    def _on_banner_closed(self, key: str) -> None:
        row = self._shown.pop(key, None)
        if row is not None:
            self._mark_read(row.id)

    def _mark_read(self, number: int) -> None:
        self._write(partial(notifications.mark_read, [number], clock=self._context.clock))

    def _read_all(self) -> None:
        user_id, clock = self._context.user_id, self._context.clock
        self._write(partial(notifications.mark_all_read, user_id, clock=clock))

    def _clear(self) -> None:
        self._write(partial(notifications.clear, self._context.user_id, clock=self._context.clock))

    def _write(self, work: Callable[[], Any]) -> None:
        self._context.hub.write(self, work, self._on_written, self._on_error)

    def _on_written(self, _nothing: object) -> None:
        """Its rows tell through the change watcher."""

    def _on_error(self, error: TaskError) -> None:
        self._report(error)


def _key(row: NotificationRow) -> str:
    """The key of its banner."""
    return f"notification {row.id}"


def _leads_somewhere(row: NotificationRow) -> bool:
    return row.run_id is not None or row.report_id is not None or bool(row.job_id)
