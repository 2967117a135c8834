"""What integrations can fill: tables, and documents with lines."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from desktop.named_objects import load_extensions
from models.customer import Customer
from models.item import Item
from models.lookups import Country, PaymentTerms, PostCode, UnitOfMeasure
from models.record import Record
from models.rules import FieldRule
from models.sales_order import SalesHeader, SalesLine
from models.tables import TABLES
from models.vendor import Vendor


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """One table that files can fill, with the lines that belong to its records.

    Args:
        record: the record, or the header of a document.
        lines: the lines of the document; None for a table whose records stand alone.
        parent_field: the field of a line that holds its header's key.
        line_no_field: the field of a line that numbers it within its document.
        line_step: how far line numbers are apart.
        series: the number series that gives a key where the file has none; empty for none.
        rules: "module:class" of a document's rules beyond its single fields, as `document_rules.DocumentRules`
            describes them. Empty where single fields say all.
    """

    record: type[Record]
    lines: type[Record] | None = None
    parent_field: str = ""
    line_no_field: str = ""
    line_step: int = 10_000
    series: str = ""
    rules: str = ""

    @property
    def name(self) -> str:
        """What an integration stores: the name of the record's table."""
        return self.record.table()

    @property
    def caption(self) -> str:
        """What people call one of its records."""
        return self.record.CAPTION

    @property
    def records(self) -> tuple[type[Record], ...]:
        """The record, and the lines where it has any."""
        return (self.record,) if self.lines is None else (self.record, self.lines)

    def record_of(self, level: int) -> type[Record]:
        """The record of level 0, or the line of level 1.

        Raises:
            KeyError: there are no lines.
        """
        if not level:
            return self.record
        if self.lines is None:
            raise KeyError(f"{self.caption} has no lines")
        return self.lines

    def levels(self) -> list[tuple[int, type[Record]]]:
        """The record with level 0 and, for a document, its lines with level 1."""
        lines = [(1, self.lines)] if self.lines is not None else []
        return [(0, self.record), *lines]

    def rule(self, name: str, level: int = 0, link: FieldRule | None = None) -> FieldRule:
        """The rule of a field.

        Args:
            link: the rule of the field by which a file of lines names their document.
        Raises:
            KeyError: there is no such field.
        """
        if level and name == self.parent_field and link is not None:
            return link
        return self.record_of(level).rule(name)

    def load_rules(self) -> Callable[..., Any] | None:
        """The function behind `rules`."""
        if not self.rules:
            return None
        module, _, name = self.rules.partition(":")
        found: Callable[..., Any] = getattr(importlib.import_module(module), name)
        return found


_BUILT_IN: Final = (
    ImportTarget(Customer, series="CUSTOMER"),
    ImportTarget(Vendor, series="VENDOR"),
    ImportTarget(Item, series="ITEM"),
    ImportTarget(
        SalesHeader,
        lines=SalesLine,
        parent_field="order_no",
        line_no_field="line_no",
        series="SALES_ORDER",
        rules="desktop.imports.writing.sales_rules:SalesRules",
    ),
    ImportTarget(Country),
    ImportTarget(PostCode),
    ImportTarget(PaymentTerms),
    ImportTarget(UnitOfMeasure),
)
_registered: dict[str, ImportTarget] = {target.name: target for target in _BUILT_IN}


def all_targets() -> list[ImportTarget]:
    """Everything that can be filled, in the order in which people choose it: those of extensions at the end."""
    load_extensions()
    return list(_registered.values())


def find_target(name: str) -> ImportTarget | None:
    """The target of that name; None where there is none."""
    if name not in _registered:
        load_extensions()
    return _registered.get(name)


def register(target: ImportTarget) -> None:
    """Let integrations fill a table of an extension; the same name again replaces it."""
    _registered[target.name] = target
    TABLES.update({record.table(): record for record in target.records})


def unregister(name: str) -> None:
    """Take the table of an extension away again; an unknown name is no error."""
    target = _registered.pop(name, None)
    for record in target.records if target is not None else ():
        TABLES.pop(record.table(), None)
