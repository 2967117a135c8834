"""What extensions add to the window: page extensions, cues and pages, each imported when it is first needed."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from desktop.codeunits import registry
from desktop.errors import ExtensionError
from desktop.extensions import Extension
from desktop.extensions.loader import loaded_extensions, switch_off, working_extensions
from ui.framework.page_extension import MANAGEMENT_PAGE, SWITCHED_OFF, PageExtension
from ui.page_entry import PageEntry

if TYPE_CHECKING:
    from ui.framework.cue_group import Cue
    from ui.framework.page import Page

T = TypeVar("T")


def further_pages(known: Mapping[str, PageEntry]) -> dict[str, PageEntry]:
    """The pages of extensions by name; what extends a page that is not there is switched off.

    Args:
        known: Backdesk's own pages by name.
    """
    further: dict[str, PageEntry] = {}
    for extension in working_extensions():
        try:
            entries = _pages_of(extension)
            for entry in entries:
                if entry.name in known or entry.name in further:
                    raise ExtensionError(f"There is a page “{entry.name}” already.", "Choose another name.")
            further |= {entry.name: replace(entry, menu="") for entry in entries}
        except (Exception, SystemExit) as error:
            switch_off(extension.name, error)
    for extension in working_extensions():
        missing = [name for name in extension.page_extensions if name not in known and name not in further]
        if missing:
            switch_off(
                extension.name,
                ExtensionError(
                    f"It extends the page “{missing[0]}”, which is not there.", "Correct the name."
                ),
            )
    return further


def further_cues(pages: Collection[str]) -> list[Cue]:
    """The cues that extensions add to the Role Centre.

    Args:
        pages: the names of all pages, those of extensions too.
    """
    from ui.framework.cue_group import Cue

    found: list[Cue] = []
    for extension in working_extensions():
        try:
            cues = _things(extension.cues, Cue)
            for cue in cues:
                registry.find(cue.codeunit)
                if cue.page not in pages:
                    raise ExtensionError(
                        f"The cue “{cue.caption}” opens the page “{cue.page}”, which is not there.",
                        "Correct the name.",
                    )
            found += cues
        except (Exception, SystemExit) as error:
            switch_off(extension.name, error)
    return found


def extend(page: Page, page_name: str) -> None:
    """Give a new page what extensions have for it.

    A class that cannot be imported or is none switches its extension off; one that fails to be made shows as an
    error on the page. Either way the page works without it. The page also tells, once while the program runs, of
    each extension that is switched off.
    """
    for extension in working_extensions():
        reference = extension.page_extensions.get(page_name)
        if reference is None:
            continue
        try:
            extend_by = _page_extension(reference)
        except (Exception, SystemExit) as error:
            switch_off(extension.name, error)
            continue
        try:
            page.extend(extend_by(page, extension.name))
        except (Exception, SystemExit) as failure:
            page.show_extension_error(extension.name, failure)
    _tell_switched_off(page)


def tell_page_fault(front: Page | None, page_name: str, failure: Exception) -> bool:
    """Say on the page in front that the page of an extension cannot be opened.

    Returns:
        False where nothing was said, because the page is Backdesk's own or no page is in front.
    """
    for extension in working_extensions():
        if front is not None and page_name in [entry.name for entry in _pages_of(extension)]:
            front.show_extension_error(extension.name, failure)
            return True
    return False


def what_it_brings(extension: Extension, titles: Mapping[str, str]) -> str:
    """In one line what an extension adds.

    Args:
        titles: of pages, by name.
    """
    brought = []
    if extension.codeunits:
        brought.append("codeunits " + ", ".join(codeunit.caption for codeunit in extension.codeunits))
    if extension.page_extensions:
        brought.append("on " + ", ".join(titles.get(name, name) for name in extension.page_extensions))
    if extension.cues:
        brought.append("cues")
    if extension.pages:
        brought.append("pages")
    text = " · ".join(brought) or "nothing"
    return text[0].upper() + text[1:]


def _tell_switched_off(page: Page) -> None:
    told = page.context.extensions_told
    news = [
        loaded for loaded in loaded_extensions() if loaded.error and (loaded.name, loaded.error) not in told
    ]
    if not news or page.NAME == MANAGEMENT_PAGE:
        return
    told.update((loaded.name, loaded.error) for loaded in news)
    one = len(news) == 1
    title = (
        f"The extension “{news[0].name}” is switched off."
        if one
        else f"{len(news)} extensions are switched off."
    )
    text = news[0].error if one else ", ".join(loaded.name for loaded in news)
    page.banners.show_banner(SWITCHED_OFF, "warn", title, text, [(SWITCHED_OFF, "Show extensions")])


def _pages_of(extension: Extension) -> Sequence[PageEntry]:
    return _things(extension.pages, PageEntry)


def _page_extension(reference: str) -> type[PageExtension]:
    found = _imported(reference)
    if not (isinstance(found, type) and issubclass(found, PageExtension)):
        raise ExtensionError(f"“{reference}” is no PageExtension.", "Name a class that derives from it.")
    return found


def _things(reference: str, kind: type[T]) -> Sequence[T]:
    """The sequence that a reference names; none for "".

    Raises:
        ExtensionError: it holds something else.
    """
    if not reference:
        return ()
    found = _imported(reference)
    if not isinstance(found, tuple | list) or not all(isinstance(thing, kind) for thing in found):
        raise ExtensionError(f"“{reference}” is no tuple of {kind.__name__}.", "See docs/extensions.md.")
    return found


def _imported(reference: str) -> Any:
    module, _, name = reference.partition(":")
    found = importlib.import_module(module)
    if not hasattr(found, name):
        raise ExtensionError(f"“{reference}” names nothing.", f"Define {name} in {module}.")
    return getattr(found, name)
