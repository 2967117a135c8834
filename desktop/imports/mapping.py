"""The compiled definition: a row of texts becomes stored values, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from desktop.imports.conversions import FORMULA_ERRORS, converter, stored
from desktop.imports.definition import HEADER, NOT_IN_FILE, Definition, FieldMap
from desktop.imports.lookups import AMBIGUOUS, Lookups, LookupTable
from models.errors import FieldError
from models.rules import FieldRule, Kind
from models.tables import TABLES

NUMBERED: Final = object()
"""Stands for a value that is given when the record is written: the next number of a series or of a document."""

_REMEMBERED: Final = 4096  # different texts of a column whose values are kept


class Fault(NamedTuple):
    """One thing that is wrong with a row."""

    target_field: str
    source_column: str
    code: str
    value: str
    message: str
    hint: str


class _Column(dict[str, Any]):
    """The values of one column by text: converted once, then remembered."""

    def __init__(self, convert: Callable[[str], Any]) -> None:
        super().__init__()
        self._convert = convert

    def __missing__(self, text: str) -> Any:
        value = self._convert(text)
        if len(self) < _REMEMBERED:
            self[text] = value
        return value


class Mapper:
    """A function from the cells of a row to its values.

    Attributes:
        columns: the target fields, in the order of the values.
        fields: where each of them comes from.
        missing: look-up records that values name and that are to be created, table and key with their names.
    """

    def __init__(
        self, definition: Definition, width: int, *, pad: bool, delimiter: str, level: int = HEADER
    ) -> None:
        """Needs an open connection of this thread, for the look-ups.

        Args:
            width: cells of the header.
            pad: rows may be shorter than the header, as in workbooks.
            delimiter: what people call the sign between cells, for the message about their number.
            level: whose fields are filled: HEADER or LINE.
        """
        self.missing: dict[tuple[str, str], str] = {}
        self._definition = definition
        self._width = width
        self._pad = pad
        self._delimiter = delimiter
        self.fields = tuple(
            field
            for field in definition.fields
            if field.level == level
            and (field.column != NOT_IN_FILE or field.constant or field.default_value)
        )
        self.columns = tuple(field.target_field for field in self.fields)
        rules = [definition.rule(field.target_field, field.level) for field in self.fields]
        self._lookups = Lookups(
            (rule.lookup, field.lookup_by)
            for rule, field in zip(rules, self.fields, strict=True)
            if rule.lookup
        )
        self._columns = [
            _Column(self._converter(rule, field)) for rule, field in zip(rules, self.fields, strict=True)
        ]
        self._looked_up = [column for column, rule in zip(self._columns, rules, strict=True) if rule.lookup]
        self._steps = [
            (column.__getitem__, max(field.column, 0))
            for column, field in zip(self._columns, self.fields, strict=True)
        ]

    def refresh_lookups(self) -> None:
        """Take over what others changed in look-up tables since the last call."""
        if self._lookups.refresh():
            for column in self._looked_up:
                column.clear()

    def created(self) -> None:
        """The missing look-up records are there now."""
        self.missing.clear()

    def __call__(self, cells: Sequence[str]) -> tuple[list[Any] | None, list[Fault]]:
        """The stored values in the order of `columns`, or None and every fault of the row."""
        if len(cells) != self._width:
            fitted = self._fit(cells)
            if fitted is None:
                return None, [self._wrong_width(cells)]
            cells = fitted
        try:
            return [convert(cells[position]) for convert, position in self._steps], []
        except FieldError:
            return None, self._faults(cells)

    def _fit(self, cells: Sequence[str]) -> list[str] | None:
        """The row in the header's width, where only empty cells at its end are too many or, in workbooks, missing."""
        if len(cells) < self._width:
            return [*cells, *[""] * (self._width - len(cells))] if self._pad else None
        if any(cell.strip() for cell in cells[self._width :]):
            return None
        return list(cells[: self._width])

    def _wrong_width(self, cells: Sequence[str]) -> Fault:
        number, plural = len(cells), "" if len(cells) == 1 else "s"
        if number > self._width:
            why = f"probably a {self._delimiter} stands inside a value without quotes"
            hint = "Join the two cells that belong together, then choose Retry."
        else:
            why = "something is missing, or the row is broken in two"
            hint = "Add the missing cells, or exclude the row, then choose Retry."
        return Fault(
            "",
            "",
            "WrongCellCount",
            str(number),
            f"The row has {number} cell{plural}, the header has {self._width}: {why}.",
            hint,
        )

    def _faults(self, cells: Sequence[str]) -> list[Fault]:
        faults = []
        for field, (convert, position) in zip(self.fields, self._steps, strict=True):
            text = cells[position]
            try:
                convert(text)
            except FieldError as error:
                in_file = field.column != NOT_IN_FILE and not field.constant
                faults.append(
                    Fault(
                        field.target_field,
                        field.source_column if in_file else "",
                        error.code,
                        text.strip() if in_file else field.constant or field.default_value,
                        error.text,
                        error.hint,
                    )
                )
        return faults

    def _converter(self, rule: FieldRule, field: FieldMap) -> Callable[[str], Any]:
        """From the text of a cell to the stored value; raises FieldError."""
        definition = self._definition
        to_value = self._to_value(rule, field)
        null_text, default = definition.null_text, field.default_value
        value_map = _value_map(definition.value_maps.get(field.target_field, {}))
        required = field.required and not rule.required

        def convert(text: str) -> Any:
            text = text.strip()
            if text == null_text:
                text = ""
            mapped = value_map.get(text)
            if mapped is None and value_map:
                mapped = value_map.get(text.casefold())
            if mapped is not None:
                text = mapped
            elif text in FORMULA_ERRORS:
                raise FieldError(
                    f"The cell holds the formula error {text}.",
                    f"Correct the cell under {field.source_column}, then choose Retry.",
                    "FormulaError",
                )
            text = text or default
            if text:
                return to_value(text)
            if required:
                raise FieldError(
                    f"{rule.caption} is empty.", f"Enter a value for {rule.caption}.", "Required"
                )
            return stored(rule.check(None))

        if field.constant:
            return lambda _text: to_value(field.constant)
        if field.column == NOT_IN_FILE:
            return lambda _text: to_value(default)
        return convert

    def _to_value(self, rule: FieldRule, field: FieldMap) -> Callable[[str], Any]:
        """From a text that is not empty to the stored value; raises FieldError."""
        if rule.lookup:
            table = self._lookups.table(rule.lookup, field.lookup_by)
            return lambda text: _look_up(table, rule, field, text)
        if rule.kind is Kind.TEXT and not rule.pattern:
            return lambda text: (
                text if not rule.max_length or len(text) <= rule.max_length else rule.check(text)
            )
        read = converter(rule.kind, self._definition.decimal_separator, self._definition.date_format)
        check = rule.check
        return lambda text: stored(check(read(text)))


def _value_map(pairs: dict[str, str]) -> dict[str, str]:
    """Texts as they are and, where no other text says otherwise, in any case."""
    folded = {external.strip().casefold(): internal for external, internal in pairs.items()}
    return folded | {external.strip(): internal for external, internal in pairs.items()}


def _look_up(table: LookupTable, rule: FieldRule, field: FieldMap, text: str) -> object:
    found = table.find(text)
    if found is not None and found is not AMBIGUOUS:
        return found
    caption = TABLES[rule.lookup].CAPTION
    column = (
        f"correct the column {field.source_column}"
        if field.column != NOT_IN_FILE
        else "correct the integration"
    )
    if found is AMBIGUOUS:
        raise FieldError(
            f"More than one {caption} is called “{text}”.",
            f"Use the code, or {column}, then choose Retry.",
            "Ambiguous",
        )
    raise FieldError(
        f"There is no {caption} “{text}”.", f"Create it or {column}, then choose Retry.", "NotFound"
    )
