"""The fields that a column may fill, by integration, read in the hub's thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from desktop.imports.integrations.definition import HEADER, LINE, Definition, rule_of
from desktop.imports.integrations.loading import load_definition

__all__ = ["Offered", "OfferedField", "ReadOffered"]


class OfferedField(NamedTuple):
    """One field: `path` names it in `Choices.columns`; `of` says whose it is where there are headers and lines."""

    path: str
    level: int
    caption: str
    of: str

    @property
    def words(self) -> str:
        """What people choose it by."""
        return f"{self.caption} ({self.of})" if self.of else self.caption


class Offered(NamedTuple):
    """What an integration can take from a file; `line_caption` is empty where its records have no lines."""

    code: str
    fields: tuple[OfferedField, ...]
    line_caption: str


@dataclass(frozen=True, slots=True)
class ReadOffered:
    """Read the fields of one integration, those that it names already before the others."""

    code: str

    def __call__(self) -> Offered:
        definition = load_definition(self.code)
        lines = definition.target.lines
        levels = (HEADER, LINE) if lines is not None else (HEADER,)
        named = [(field.level, field.target_field) for field in definition.fields]
        found = [
            *named,
            *(
                (level, rule.name)
                for level in levels
                for rule in definition.target.record_of(level).RULES
                if rule.editable and (level, rule.name) not in named
            ),
        ]
        return Offered(
            self.code,
            tuple(_offered(definition, level, name) for level, name in sorted(found, key=_level)),
            lines.CAPTION if lines is not None else "",
        )


def _level(found: tuple[int, str]) -> int:
    return found[0]


def _offered(definition: Definition, level: int, name: str) -> OfferedField:
    target = definition.target
    caption = rule_of(target, name, level, definition.match_fields[0]).caption
    of = target.record_of(level).CAPTION if target.lines is not None else ""
    return OfferedField(f"{level}.{name}" if level else name, level, caption, of)
