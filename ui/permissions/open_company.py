"""Says on a page that nobody has a permission set yet, so that nothing is refused."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop.tasks.task import TaskError
from models.user_rights import are_enforced
from ui.framework.page import Page

_KEY = "open_company"


class OpenCompany(QObject):
    """Looks whether rights are enforced, and shows the page's banner while they are not."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page

    def look(self) -> None:
        """Ask the company, and show or take away the banner."""
        self._page.context.hub.query(self, are_enforced, self._on_answer, self._on_error, key="enforced")

    def close(self) -> None:
        """The page is closed."""
        self._page.context.hub.forget(self)

    def _on_answer(self, enforced: bool) -> None:
        if enforced:
            self._page.banners.remove(_KEY)
            return
        self._page.banners.show_banner(
            _KEY,
            "info",
            "Nobody has a permission set yet, so everybody may do everything.",
            "Give SUPER to yourself first; then a user without a set may do nothing.",
        )

    def _on_error(self, error: TaskError) -> None:
        self._page.banners.show_banner(_KEY, "err", "The rights could not be read.", error.text)
