"""What an extension declares about itself. It knows no Qt: child processes and workers read it as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from desktop.codeunits.registry import Codeunit
from desktop.errors import ExtensionError
from desktop.imports.integrations.targets import ImportTarget
from desktop.reports.registry import Report

NUMBERS: Final = range(50_000, 100_000)
"""The numbers of extensions' objects, as in Business Central; those below are Backdesk's own."""


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension; the module or package that an entry point or folder names holds it under the name `extension`.

    What belongs to the window is named as "module:name" and imported when it is first needed, so that a worker
    without a screen loads none of it.

    Args:
        name: what people call it; unique.
        publisher: who makes it.
        version: as its maker counts.
        codeunits: what it runs; numbers from 50,000 to 99,999, names and numbers that nobody else has.
        reports: what it makes documents of; numbers and names as for codeunits.
        tables: tables of its own, made in each company that is opened, which integrations can fill; no name that
            another table has.
        page_extensions: by the name of a page in `ui.navigation`, the `PageExtension` class for it.
        cues: a sequence of `Cue` for the Role Centre.
        pages: a sequence of `PageEntry`, pages of its own.

    Example:
        extension = Extension(
            name="Wait",
            publisher="Backdesk examples",
            version="1.0",
            codeunits=(Codeunit(50100, "wait", "Wait", "backdesk_wait.wait"),),
            page_extensions={"customer_card": "backdesk_wait.customer_card:WaitOnCustomerCard"},
        )
    """

    name: str
    publisher: str = ""
    version: str = ""
    codeunits: tuple[Codeunit, ...] = ()
    reports: tuple[Report, ...] = ()
    tables: tuple[ImportTarget, ...] = ()
    page_extensions: Mapping[str, str] = field(default_factory=dict)
    cues: str = ""
    pages: str = ""


def check(extension: object) -> Extension:
    """The extension, if it declares what it may.

    Raises:
        ExtensionError: it does not; the text says what is wrong.
    """
    if not isinstance(extension, Extension):
        raise ExtensionError(
            f"“extension” is {_article(type(extension).__name__)}, not an Extension.",
            "Declare: extension = Extension(name=…, …).",
        )
    _check_words(extension)
    _check_objects(extension.codeunits, "codeunit", Codeunit)
    _check_objects(extension.reports, "report", Report)
    _check_tables(extension.tables)
    pages: object = extension.page_extensions
    if not isinstance(pages, Mapping):
        raise ExtensionError(
            "“page_extensions” is no dictionary.", "Write {“customer_card”: “module:Class”}."
        )
    for reference in (*pages.values(), extension.cues, extension.pages):
        if reference != "":
            _check_reference(reference)
    return extension


def _check_words(extension: Extension) -> None:
    for word in ("name", "publisher", "version"):
        if not isinstance(getattr(extension, word), str):
            raise ExtensionError(f"Its {word} is no text.", f"Write Extension({word}=“…”, …).")
    if not extension.name.strip():
        raise ExtensionError("It has no name.", "Give it one: Extension(name=…).")


def _check_objects(objects: object, word: str, kind: type[Codeunit] | type[Report]) -> None:
    call = "Codeunit(number, name, caption, module)"
    if kind is Report:
        call = "Report(number, name, caption, description, module)"
    if not isinstance(objects, tuple | list):
        raise ExtensionError(
            f"“{word}s” is no sequence.",
            f"Write {word}s=({kind.__name__}(…),), with the comma also after a single one.",
        )
    for declared in objects:
        if not isinstance(declared, kind):
            raise ExtensionError(f"{declared!r} is no {word}.", f"List {call}.")
        if declared.number not in NUMBERS:
            raise ExtensionError(
                f"The {word} “{declared.name}” has the number {declared.number}.",
                f"Choose one from {NUMBERS.start:,} to {NUMBERS.stop - 1:,}.",
            )


def _check_tables(tables: object) -> None:
    if not isinstance(tables, tuple | list):
        raise ExtensionError(
            "“tables” is no sequence.",
            "Write tables=(ImportTarget(…),), with the comma also after a single one.",
        )
    for target in tables:
        if not isinstance(target, ImportTarget):
            raise ExtensionError(f"{target!r} is no table.", "List ImportTarget(record).")
        for record in target.records:
            if not (record.CAPTION and record.CAPTION_PLURAL and record.RULES):
                raise ExtensionError(
                    f"The record {record.__name__} does not say what people call it and what its fields accept.",
                    "Give it CAPTION, CAPTION_PLURAL and RULES.",
                )


def _check_reference(reference: object) -> None:
    module, colon, name = reference.partition(":") if isinstance(reference, str) else ("", "", "")
    if not (module and colon and name.isidentifier()):
        raise ExtensionError(f"“{reference}” names nothing.", "Write “module:name”.")


def _article(word: str) -> str:
    return f"an {word}" if word[:1].lower() in "aeiou" else f"a {word}"
