"""What a row or document does to the target: create, update, leave as it is, or why it may not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from desktop.imports.integrations.definition import Definition
from desktop.imports.values.mapping import NUMBERED, Fault, Mapper
from desktop.imports.values.showing import shown_value
from models.integration import MatchMode
from models.integration_record import RecordStatus

Verdict = Fault | tuple[RecordStatus, str]


class Verdicts:
    """The rules of the match key and the match mode."""

    def __init__(self, definition: Definition, mapper: Mapper) -> None:
        self._definition = definition
        self._record = definition.record
        self._key = self._record.key_field()
        columns = mapper.columns
        self._match = [columns.index(name) for name in definition.match_fields]
        rules = [definition.rule(name) for name in definition.match_fields]
        self._kinds = [rule.kind for rule in rules]
        self._field = mapper.fields[self._match[0]]
        self._caption = ", ".join(mapper.fields[position].caption for position in self._match)
        self._numbers_itself = isinstance(self._record.primary_key(), peewee.AutoField)
        self._only_updates = definition.match_mode == MatchMode.UPDATE_ONLY
        self._key_position = columns.index(self._key) if self._key in columns else None

    def wanted(self, values: Sequence[Any]) -> Any:
        """The match value: of a single field the value itself, of several a tuple."""
        match = self._match
        return values[match[0]] if len(match) == 1 else tuple(values[position] for position in match)

    def judge(
        self, values: Sequence[Any], found: Sequence[tuple[Any, ...]], first_line: int | None
    ) -> Verdict:
        """What values do: a status with the key of its record, or what is against it.

        Args:
            found: the records with the same match value: the key, then the fields of the mapper first.
            first_line: the line of the same file that was there with this match value before.
        """
        if values[self._match[0]] in (None, ""):
            return self.fault(
                "Required", "", "{field} is empty, so that no record can be found.", "Enter a value."
            )
        if first_line is not None:
            wanted = self._shown(values)
            return self.fault(
                "DuplicateKey",
                wanted,
                f"Row {first_line:,} of the file has the same {{field}} “{wanted}” already.",
                "Exclude one of the two rows, or correct it, then choose Retry.",
            )
        return self._judge_known(values, found) if found else self._judge_new(values)

    def _judge_new(self, values: Sequence[Any]) -> Verdict:
        key = None if self._key_position is None else values[self._key_position]
        if key not in (None, "") and not self._only_updates:
            return RecordStatus.CREATED, str(key)
        wanted, caption = self._shown(values), self._record.CAPTION
        if self._only_updates:
            return self.fault(
                "NotFound",
                wanted,
                f"There is no {caption} with {{field}} “{wanted}” to update.",
                "Create it, or change Match Mode on the integration, then choose Retry.",
            )
        if self._numbers_itself:
            return RecordStatus.CREATED, ""
        return self.fault(
            "Required",
            wanted,
            f"{self._record.rule(self._key).caption} is needed for a new {caption}.",
            "Map it.",
        )

    def _judge_known(self, values: Sequence[Any], found: Sequence[tuple[Any, ...]]) -> Verdict:
        wanted, caption = self._shown(values), self._record.CAPTION
        if self._definition.match_mode == MatchMode.CREATE_ONLY:
            return self.fault(
                "Exists",
                wanted,
                f"There is a {caption} with {{field}} “{wanted}” already.",
                "Exclude the row, or change Match Mode on the integration, then choose Retry.",
            )
        if len(found) > 1:
            return self.fault(
                "Ambiguous",
                wanted,
                f"More than one {caption} has the {{field}} “{wanted}”.",
                "Match by another field, or correct the records.",
            )
        key, *stored = found[0]
        own = None if self._key_position is None else values[self._key_position]
        if own is not None and own is not NUMBERED and own != key:
            return self.fault(
                "KeyDiffers",
                wanted,
                f"The {caption} with {{field}} “{wanted}” has the key {key}, not {own}.",
                "Correct the row; keys of records are not changed by an import.",
            )
        same = stored[: len(values)] == list(values)
        return (RecordStatus.UNCHANGED if same else RecordStatus.UPDATED), str(key)

    def _shown(self, values: Sequence[Any]) -> str:
        return ", ".join(
            shown_value(kind, values[position])
            for position, kind in zip(self._match, self._kinds, strict=True)
        )

    def fault(self, code: str, value: Any, message: str, hint: str) -> Fault:
        """A fault of the match field; {field} in the message is its caption."""
        return Fault(
            self._field.path,
            self._field.source_column,
            code,
            str(value),
            message.replace("{field}", self._caption),
            hint,
        )
