"""The compiled definition: a row of texts becomes stored values, or everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from desktop.imports.integrations.definition import HEADER, NOT_IN_FILE, Definition, FieldMap
from desktop.imports.values.conversions import (
    FORMULA_ERRORS,
    NAMED_TWICE,
    NOT_CALCULATED,
    converter,
    decimals,
    either_way,
    stored,
)
from desktop.imports.values.lookups import Lookups, look_up
from desktop.imports.values.quick import short_way
from desktop.imports.values.run_facts import NO_FACTS, RunFacts
from desktop.imports.values.transforms import rounder, text_changer
from models.errors import FieldError
from models.integration import ColumnType, LookupMissing
from models.rules import FieldRule, Kind
from models.tables import TABLES

NUMBERED: Final = object()
"""Stands for a value that is given when the record is written: the next number of a series or of a document."""

NUMBERED_TYPES: Final = (ColumnType.LINE_NUMBERS, ColumnType.ENTRY_NUMBERS)
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
        creating: the fields that may name such records: position, target field and look-up table.
    """

    def __init__(
        self,
        definition: Definition,
        width: int,
        *,
        pad: bool,
        typed: bool = False,
        delimiter: str,
        level: int = HEADER,
        facts: RunFacts = NO_FACTS,
        header: Sequence[str] = (),
    ) -> None:
        """Needs an open connection of this thread, for the look-ups.

        Args:
            width: cells of the header.
            pad: rows may be shorter than the header, as in workbooks.
            typed: cells may have carried numbers, as in workbooks; `Dialect.typed`.
            delimiter: what people call the sign between cells, for the message about their number.
            level: whose fields are filled: HEADER or LINE.
            facts: what fields of the type Dynamic hold.
            header: the names of the columns, for formulas.
        Raises:
            FieldError: WrongFormula.
        """
        self.missing: dict[tuple[str, str], str] = {}
        self._definition = definition = definition.at_level(level)
        self._width = width
        self._pad = pad
        self._typed = typed
        self._delimiter = delimiter
        self.fields = tuple(
            field for field in definition.fields if field.level == level and _is_filled(field)
        )
        self.columns = tuple(field.target_field for field in self.fields)
        rules = [definition.rule(field.target_field, field.level) for field in self.fields]
        self._facts = facts
        self._lookups = Lookups(
            (rule.lookup, field.lookup_by)
            for rule, field in zip(rules, self.fields, strict=True)
            if rule.lookup
        )
        self.creating = tuple(
            (position, field.target_field, rule.lookup)
            for position, (rule, field) in enumerate(zip(rules, self.fields, strict=True))
            if rule.lookup and field.lookup_missing == LookupMissing.CREATE
        )
        self._columns = [
            _Column(self._converter(rule, field)) for rule, field in zip(rules, self.fields, strict=True)
        ]
        self._formulas = [
            (position, self._formula(field, header))
            for position, field in enumerate(self.fields)
            if field.column_type == ColumnType.FORMULA
        ]
        self._looked_up = [column for column, rule in zip(self._columns, rules, strict=True) if rule.lookup]
        self._steps = [
            (
                _nothing
                if field.column_type == ColumnType.FORMULA
                else short_way(definition, field, rule, column.__getitem__),
                max(field.column, 0),
            )
            for column, field, rule in zip(self._columns, self.fields, rules, strict=True)
        ]

    @property
    def cells_read(self) -> tuple[int, ...]:
        """The positions of the cells that the values come from; all of them where a formula may read any."""
        if self._formulas:
            return tuple(range(self._width))
        return tuple(
            field.column for field in self.fields if field.from_column and field.column != NOT_IN_FILE
        )

    def refresh_lookups(self) -> bool:
        """Take over what others changed in look-up tables since the last call; returns whether it was anything."""
        changed = self._lookups.refresh()
        if changed:
            for column in self._looked_up:
                column.clear()
        return changed

    def created(self, keys: Iterable[tuple[str, str]]) -> None:
        """These look-up records are there now; others stay missing, as texts that named them are remembered."""
        for key in keys:
            self.missing.pop(key, None)

    def __call__(self, cells: Sequence[str]) -> tuple[list[Any] | None, list[Fault]]:
        """The stored values in the order of `columns`, or None and every fault of the row."""
        if len(cells) != self._width:
            fitted = self._fit(cells)
            if fitted is None:
                return None, [self._wrong_width(cells)]
            cells = fitted
        try:
            values = [convert(cells[position]) for convert, position in self._steps]
            for place, compute in self._formulas:
                values[place] = self._columns[place][compute(cells)]
        except FieldError:
            return None, self._faults(cells)
        return values, []

    def located(self, fault: Fault) -> Fault:
        """A fault of a target field, with the field's path and its column in the file."""
        for mapped in self.fields:
            if mapped.target_field == fault.target_field:
                return fault._replace(target_field=mapped.path, source_column=mapped.source_column)
        return fault

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
        formulas = dict(self._formulas)
        for place, (field, (convert, position)) in enumerate(zip(self.fields, self._steps, strict=True)):
            in_file = field.column != NOT_IN_FILE and field.from_column
            text = cells[position].strip() if in_file else field.constant or field.default_value
            try:
                if place in formulas:
                    text = formulas[place](cells)
                    self._columns[place][text]
                else:
                    convert(cells[position])
            except FieldError as error:
                faults.append(
                    Fault(
                        field.path,
                        field.source_column if in_file else "",
                        error.code,
                        text,
                        error.text,
                        error.hint,
                    )
                )
        return faults

    def _formula(self, field: FieldMap, header: Sequence[str]) -> Callable[[Sequence[str]], str]:
        from desktop.imports.values.formula import compile_formula

        definition = self._definition
        return compile_formula(field.expression, header, definition.decimal_separator, definition.date_format)

    def _converter(self, rule: FieldRule, field: FieldMap) -> Callable[[str], Any]:
        """From the text of a cell to the stored value; raises FieldError."""
        if field.column_type in NUMBERED_TYPES:
            return lambda _text: NUMBERED
        if field.column_type == ColumnType.FORMULA or (field.column != NOT_IN_FILE and not field.constant):
            return self._text_converter(rule, field)
        to_value = self._to_value(rule, field)
        if field.column_type == ColumnType.DYNAMIC:
            return lambda _text: to_value(self._facts.value(field.expression))
        return lambda _text: to_value(field.constant or field.default_value)

    def _text_converter(self, rule: FieldRule, field: FieldMap) -> Callable[[str], Any]:
        """From the text of a cell, or of a formula, to the stored value; raises FieldError."""
        definition = self._definition
        to_value = self._to_value(rule, field)
        null_text, default = definition.null_text, field.default_value
        value_map = _value_map(definition.value_maps.get(field.path, {}))
        required = field.required and not rule.required
        trim, change = field.transforms.trim, text_changer(field.transforms)

        def convert(text: str) -> Any:
            if trim:
                text = text.strip()
            if text == null_text:
                text = ""
            if change is not None and text not in FORMULA_ERRORS:
                text = change(text)
            mapped = value_map.get(text)
            if mapped is None and value_map:
                mapped = value_map.get(text.casefold())
            if mapped is not None:
                text = mapped
            elif text == NOT_CALCULATED:
                raise FieldError(
                    "The cell has a formula that was never calculated, so that its value is not in the file.",
                    "Open the workbook in a spreadsheet, save it and read it again, or enter the value here.",
                    "FormulaError",
                )
            elif text == NAMED_TWICE:
                raise FieldError(
                    f"The record names “{field.source_column}” more than once, with different values.",
                    "Enter the value that is meant, then choose Retry.",
                    "NamedTwice",
                )
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
                    f"{rule.caption} is empty.", f"Enter a value for {rule.caption.rstrip('.')}.", "Required"
                )
            return stored(rule.check(None))

        return convert

    def _to_value(self, rule: FieldRule, field: FieldMap) -> Callable[[str], Any]:
        """From a text that is not empty to the stored value; raises FieldError."""
        if rule.lookup:
            return self._looking_up(rule, field)
        if rule.kind is Kind.TEXT and not rule.pattern:
            return lambda text: (
                text if not rule.max_length or len(text) <= rule.max_length else rule.check(text)
            )
        transforms, definition = field.transforms, self._definition
        check, rounded = rule.check, rounder(transforms)
        rounds = rounded is not None and rule.kind is Kind.DECIMAL
        currency, percent = field.currency, "%" in rule.caption

        def reader(decimal_separator: str) -> Callable[[str], Any]:
            if rounds:  # digits that rounding takes away need no place in the database
                return decimals(decimal_separator, exact=False, currency=currency, percent=percent)
            date_format = transforms.date_format or definition.date_format
            return converter(rule.kind, decimal_separator, date_format, currency=currency, percent=percent)

        own = transforms.decimal_separator or definition.decimal_separator
        read = reader(own)
        if self._typed and own != definition.decimal_separator and rule.kind in (Kind.DECIMAL, Kind.INTEGER):
            read = either_way(read, reader(definition.decimal_separator))
        if rounded is not None and rounds:
            return lambda text: stored(check(rounded(read(text))))
        return lambda text: stored(check(read(text)))

    def _looking_up(self, rule: FieldRule, field: FieldMap) -> Callable[[str], Any]:
        """From a text to the key that it names, with what the integration says about one that is missing."""
        table = self._lookups.table(rule.lookup, field.lookup_by)
        if field.lookup_missing == LookupMissing.ERROR:
            return lambda text: look_up(table, rule, field, text)

        def find(text: str) -> Any:
            try:
                return look_up(table, rule, field, text)
            except FieldError as error:
                if error.code != "NotFound":
                    raise
                if field.lookup_missing == LookupMissing.CREATE:
                    return self._to_create(rule, text)
                if field.lookup_missing == LookupMissing.USE_DEFAULT and text != field.default_value:
                    return find(field.default_value) if field.default_value else stored(rule.check(None))
                if field.lookup_missing == LookupMissing.LEAVE_EMPTY:
                    return stored(rule.check(None))
                raise

        return find

    def _to_create(self, rule: FieldRule, text: str) -> Any:
        """The key of a look-up record that the import creates."""
        record = TABLES[rule.lookup]
        key = record.rule(record.key_field()).check(text)
        self.missing.setdefault((rule.lookup, key), text)  # the first one in the file, however it is divided
        return key


def _is_filled(field: FieldMap) -> bool:
    """Whether the field gets a value at all."""
    if field.column_type in (*NUMBERED_TYPES, ColumnType.DYNAMIC, ColumnType.FORMULA):
        return True
    return field.column != NOT_IN_FILE or bool(field.constant or field.default_value)


def _nothing(_text: str) -> None:
    """Stands where a formula puts its value."""


def _value_map(pairs: dict[str, str]) -> dict[str, str]:
    """Texts as they are and, where no other text says otherwise, in any case."""
    folded = {external.strip().casefold(): internal for external, internal in pairs.items()}
    return folded | {external.strip(): internal for external, internal in pairs.items()}
