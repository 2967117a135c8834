"""What extensions add to the window: page extensions, cues and pages, each imported when it is first needed."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from desktop.errors import ExtensionError
from desktop.extensions.extension import Extension
from desktop.extensions.loader import loaded_extensions, switch_off
from ui.framework.page_extension import PageExtension

if TYPE_CHECKING:
    from ui.framework.cue_group import Cue
    from ui.framework.page import Page
    from ui.navigation import PageEntry

_log = logging.getLogger(__name__)


def add_pages(pages: dict[str, PageEntry]) -> None:
    """Add the pages of extensions to those that there are, and switch off what extends a page that is not there.

    Args:
        pages: all pages by name; added to.
    """
    from ui.navigation import PageEntry

    for extension in _working():
        try:
            for entry in _things(extension.pages, PageEntry):
                if pages.get(entry.name, entry) != entry:
                    raise ExtensionError(f"There is a page “{entry.name}” already.", "Choose another name.")
                pages[entry.name] = entry
        except Exception as error:
            switch_off(extension.name, _reason(error))
    for extension in _working():
        missing = [name for name in extension.page_extensions if name not in pages]
        if missing:
            switch_off(
                extension.name,
                f"It extends the page “{missing[0]}”, which is not there. Check its page_extensions.",
            )


def extend(page: Page, page_name: str) -> None:
    """Give a page what extensions have for it; one that cannot be made shows as an error on the page."""
    for extension in _working():
        reference = extension.page_extensions.get(page_name)
        if reference is None:
            continue
        try:
            made: Callable[..., PageExtension] = _imported(reference)
            page.extend(made(page, extension.name))
        except Exception as failure:
            page.show_extension_error(extension.name, failure)


def further_cues() -> list[Cue]:
    """The cues that extensions add to the Role Centre."""
    from ui.framework.cue_group import Cue

    found: list[Cue] = []
    for extension in _working():
        try:
            found += _things(extension.cues, Cue)
        except Exception as error:
            switch_off(extension.name, _reason(error))
    return found


def _working() -> Iterator[Extension]:
    for loaded in loaded_extensions():
        if loaded.working and loaded.extension is not None:
            yield loaded.extension


def _imported(reference: str) -> Any:
    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(module), name)


def _things(reference: str, kind: type[Any]) -> Sequence[Any]:
    """The sequence that a reference names; none for "".

    Raises:
        ExtensionError: it holds something else.
    """
    if not reference:
        return ()
    found = _imported(reference)
    if isinstance(found, Mapping | str) or not all(isinstance(thing, kind) for thing in found):
        raise ExtensionError(f"“{reference}” is no sequence of {kind.__name__}.", "See docs/extensions.md.")
    return tuple(found)


def _reason(error: Exception) -> str:
    if isinstance(error, ExtensionError):
        return str(error)
    _log.error("an extension cannot be used", exc_info=error)
    return f"It cannot be used: {type(error).__name__}: {error}"
