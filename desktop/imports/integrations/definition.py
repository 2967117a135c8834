"""The definition of an import: a snapshot of the integration, bound to the columns of one file.

The snapshot is kept with the run, so that changing the integration later does not change what a staged file means.
"""

from __future__ import annotations

import dataclasses

import msgspec

from desktop.errors import LastingError
from desktop.imports.integrations.targets import ImportTarget, find_target
from models.integration import (
    ColumnType,
    ErrorPolicy,
    LookupMissing,
    PostProcessingTrigger,
)
from models.record import Record
from models.rules import FieldRule

NOT_IN_FILE = -1
HEADER, LINE = 0, 1  # levels of a definition's fields


class FixedColumn(msgspec.Struct, frozen=True):
    """One column of a file of fixed width: `start` is its first position, from 1; `length` in characters."""

    name: str
    start: int
    length: int


class Transforms(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is done to the text of a cell before it is read, in the order of the attributes.

    Attributes:
        trim: blanks around it go.
        replace: pairs of what is searched and what takes its place.
        letter_case: "", "Upper", "Lower" or "Title".
        pad_length: characters up to which `pad_sign` is put on `pad_side` ("Left" or "Right"); 0 for none.
        round_to: a step such as "0.01" or "5"; empty for none. `round_direction`: "Nearest", "Up" or "Down".
        decimal_separator, date_format: the field's own; empty takes the integration's.
        split_separator: the cell holds several values, and each of them becomes a record of its own.
    """

    trim: bool = True
    replace: tuple[tuple[str, str], ...] = ()
    letter_case: str = ""
    pad_length: int = 0
    pad_side: str = "Left"
    pad_sign: str = "0"
    round_to: str = ""
    round_direction: str = "Nearest"
    decimal_separator: str = ""
    date_format: str = ""
    split_separator: str = ""


class Reading(msgspec.Struct, frozen=True):
    """How the file is read; an empty value is detected.

    Attributes:
        encoding: a Python name such as "utf-8" or "cp1252".
        delimiter, quote, escape: one character each.
        header_line: the line of the file (row of the sheet) that names the columns, from 1; 0 finds it.
        has_header: False for files that begin with data; columns are then "Column 1", "Column 2" ….
        header_rows: how many lines name the columns; their texts are joined.
        skip_rows: lines (rows) at the beginning that are not looked at.
        footer_rows: rows with text at the end that are left out, such as totals.
        sheet: the sheet of a workbook; empty takes the visible one whose columns fit best.
        fixed_columns: the columns of a file of fixed width.
        array_path: where the array of records stands in a JSON file, e.g. "data.orders"; empty finds it.
        flatten: nested objects of JSON become columns such as "address.city", and the elements of an inner array
            rows of their own.
        text_formulas: a cell of a text file that is a formula such as ="00123" as a whole is read as 00123.
    """

    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    escape: str = ""
    header_line: int = 0
    has_header: bool = True
    sheet: str = ""
    header_rows: int = 1
    skip_rows: int = 0
    footer_rows: int = 0
    fixed_columns: tuple[FixedColumn, ...] = ()
    array_path: str = ""
    flatten: bool = True
    text_formulas: bool = True


class Choices(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person chose for one file; None takes what the integration says, or what is detected.

    Attributes:
        columns: headers by target field ("item_no"; of lines "1.item_no"); "" leaves the field without a column.
        lines: how a second file with the lines is read, whose own `columns` and `lines` do not count. What is not
            chosen there is detected in that file; its decimal sign and dates are then those of the first one.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    sheet: str | None = None
    has_header: bool | None = None
    header_line: int | None = None
    header_rows: int | None = None
    skip_rows: int | None = None
    footer_rows: int | None = None
    fixed_columns: tuple[FixedColumn, ...] | None = None
    array_path: str | None = None
    flatten: bool | None = None
    text_formulas: bool | None = None
    decimal_separator: str | None = None
    date_format: str | None = None
    columns: dict[str, str] = {}
    lines: Choices | None = None


NO_CHOICES = Choices()


class FieldMap(msgspec.Struct, frozen=True):
    """One field and where its value comes from.

    Attributes:
        target_field, caption: the field's name, and what people read.
        source_column: the header that the integration names; after binding, the header in the file.
        column: position of the column, from 0; NOT_IN_FILE where it is a constant or absent.
        constant: the value of every record; wins over the column.
        default_value: the value where the cell is empty.
        required: an empty value is an error.
        lookup_by: the field of the look-up table that the value names; empty for its key.
        level: HEADER, or LINE for a field of a document's lines.
        column_type: a value of ColumnType; says which of column, constant and expression counts.
        expression: the formula, or the name of a dynamic value.
        transforms: what is done to the text first.
        lookup_missing: a value of LookupMissing.
        remembered: headers under which earlier files carried the field.
        chosen: a person chose the column for this file, so that no other is looked for.
        currency: what stands at the amounts of the file's column, e.g. "€"; amounts in others are errors.
    """

    target_field: str
    caption: str
    source_column: str = ""
    column: int = NOT_IN_FILE
    constant: str = ""
    default_value: str = ""
    required: bool = False
    lookup_by: str = ""
    level: int = HEADER
    column_type: str = ColumnType.STANDARD
    expression: str = ""
    transforms: Transforms = Transforms()
    lookup_missing: str = LookupMissing.ERROR
    remembered: tuple[str, ...] = ()
    chosen: bool = False
    currency: str = ""

    @property
    def path(self) -> str:
        """What names the field within its definition: "no", or "1.item_no" for a field of the lines."""
        return f"{self.level}.{self.target_field}" if self.level else self.target_field

    @property
    def from_column(self) -> bool:
        """Whether a column of the file fills it."""
        return self.column_type == ColumnType.STANDARD and not self.constant


class Definition(msgspec.Struct, frozen=True):
    """Everything that turns a row of texts into values of a record.

    Attributes:
        line_decimal_separator, line_date_format: of a second file with the lines, where a person chose them; empty
            where it writes numbers and dates like the first one.
        control_map: the value map of the control field as the file was read with; None where nothing was added.
    """

    code: str
    description: str
    target_table: str
    source_type: str
    execution_mode: str
    match_field: str
    match_mode: str
    null_text: str
    decimal_separator: str
    date_format: str
    reading: Reading
    fields: tuple[FieldMap, ...]
    value_maps: dict[str, dict[str, str]]
    post_processing_codeunit: str = ""
    post_processing_trigger: str = PostProcessingTrigger.AFTER_PROCESSING
    notify_success: bool = True
    notify_errors: bool = True
    error_policy: str = ErrorPolicy.GO_ON
    error_limit: int = 0
    control_field: str = ""
    line_decimal_separator: str = ""
    line_date_format: str = ""
    control_map: dict[str, str] | None = None

    @property
    def target(self) -> ImportTarget:
        """What the integration fills.

        Raises:
            LastingError: with code WrongIntegration: the extension that brought it has gone.
        """
        target = find_target(self.target_table)
        if target is None:
            raise wrong_integration(self.code, f"the table “{self.target_table}” cannot be imported into")
        return target

    @property
    def record(self) -> type[Record]:
        """The record, or the header of the document, that rows become."""
        return self.target.record

    @property
    def match_fields(self) -> tuple[str, ...]:
        """The fields that together tell which record a row means; `match_field` names them, divided by commas."""
        return tuple(name.strip() for name in self.match_field.split(","))

    @property
    def with_lines(self) -> bool:
        """Whether rows become documents with lines."""
        return self.target.lines is not None

    def at_level(self, level: int) -> Definition:
        """The definition with the decimal sign and date format in which values of this level are written."""
        if level == HEADER or not (self.line_decimal_separator or self.line_date_format):
            return self
        return msgspec.structs.replace(
            self,
            decimal_separator=self.line_decimal_separator or self.decimal_separator,
            date_format=self.line_date_format or self.date_format,
        )

    def rule(self, name: str, level: int = HEADER) -> FieldRule:
        """The rule of a target field.

        Raises:
            KeyError: there is no such field.
        """
        return rule_of(self.target, name, level, self.match_fields[0])


def to_json(definition: Definition) -> str:
    """The text that a run keeps."""
    return msgspec.json.encode(definition).decode()


def from_json(text: str) -> Definition:
    """The definition behind its text."""
    return msgspec.json.decode(text, type=Definition)


def rule_of(target: ImportTarget, name: str, level: int, match_field: str) -> FieldRule:
    """The rule of a field of a target; a line names its document by the document's match key.

    Raises:
        KeyError: there is no such field.
    """
    link = None
    if level and name == target.parent_field:
        link = dataclasses.replace(target.record.rule(match_field), name=name, caption="Document", lookup="")
    return target.rule(name, level, link)


def wrong_integration(code: str, what: str) -> LastingError:
    """The error for an integration that names what does not exist."""
    return LastingError(
        f"The integration {code} cannot be used: {what}.",
        "Correct it on the page Integrations.",
        "WrongIntegration",
    )
