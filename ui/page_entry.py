"""What the window knows of a page before its code is imported."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.framework.context import PageContext
    from ui.framework.page import Page

__all__ = ["PageEntry"]


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page.

    Args:
        name: what `navigate` is called with.
        title: what people read.
        module, class_name: where its code is; imported when it is first opened.
        icon: its drawing in Tell Me and the page menu.
        search_terms: other words under which Tell Me finds it.
        menu: its word in the navigation bar; empty for pages that are not there.
        listed: False for pages that need a record to open.
    """

    name: str
    title: str
    module: str
    class_name: str
    icon: str
    search_terms: tuple[str, ...] = ()
    menu: str = ""
    listed: bool = True

    def make(self, context: PageContext, arguments: Mapping[str, object]) -> Page:
        """A page of this kind, its code imported now; `ui.navigation.make_page` also extends it.

        Raises:
            TypeError: the page takes no such argument.
        """
        page_class: Callable[..., Page] = getattr(importlib.import_module(self.module), self.class_name)
        return page_class(context, **arguments)
