"""What needs a screen, called where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from desktop.errors import CallbackNotAllowedError


class ScreenCalls:
    """The calls of a session that need a person; each of them ends code that has no screen.

    Ask in the page, before the work is handed over, and give the answer as a parameter. `gui_allowed` tells code
    that runs in both places.
    """

    __slots__ = ()

    def confirm(self, question: str, default: bool = False) -> bool:
        """Ask a person yes or no.

        Raises:
            CallbackNotAllowedError: always here.
        """
        _refuse("Confirm", question)

    def str_menu(self, choices: Sequence[str], default: int = 1, instruction: str = "") -> int:
        """Let a person choose.

        Raises:
            CallbackNotAllowedError: always here.
        """
        _refuse("StrMenu", instruction or ", ".join(choices))

    def run_page(self, page: str, **arguments: Any) -> None:
        """Open a page.

        Raises:
            CallbackNotAllowedError: always here.
        """
        _refuse("Page.Run", page)

    def run_page_modal(self, page: str, **arguments: Any) -> bool:
        """Open a page and wait for its end.

        Raises:
            CallbackNotAllowedError: always here.
        """
        _refuse("Page.RunModal", page)

    def run_request_page(self, report: str, parameters: str = "") -> str:
        """Let a person choose what a report prints.

        Raises:
            CallbackNotAllowedError: always here.
        """
        _refuse("Report.RunRequestPage", report)

    def hyperlink(self, address: str) -> None:
        """Open an address in the browser.

        Raises:
            CallbackNotAllowedError: always here.
        """
        _refuse("Hyperlink", address)

    def upload(self, title: str) -> str:
        """Let a person choose a file to read.

        Raises:
            CallbackNotAllowedError: always here.
        """
        _refuse("Upload", title)

    def download(self, file_name: str) -> None:
        """Let a person choose where a file is kept.

        Raises:
            CallbackNotAllowedError: always here.
        """
        _refuse("Download", file_name)


def _refuse(call: str, what: str) -> NoReturn:
    raise CallbackNotAllowedError(
        f"{call} (“{what}”) was called in a session without a screen: there is nobody to answer.",
        "Let the page ask first and pass the answer as a parameter.",
        call=call,
    )
