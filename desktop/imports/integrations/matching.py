"""Which column of a file probably fills which field: by name first, and never against what its values say.

A name counts as a whole. That "E-Mail consent" begins with "E-Mail" tells nothing about what stands below it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

import msgspec

from desktop.imports.integrations.binding import normalise
from desktop.imports.integrations.definition import HEADER, LINE, rule_of
from desktop.imports.integrations.targets import ImportTarget
from desktop.imports.values.conversions import FORMULA_ERRORS, converter
from desktop.imports.values.lookups import AMBIGUOUS, LookupTable
from desktop.imports.values.written_numbers import written_number
from models.errors import FieldError
from models.rules import FieldRule, Kind
from models.tables import TABLES

CERTAIN, LIKELY, GUESS = "certain", "likely", "a guess"
EXACT, SYNONYM, REMEMBERED, SIMILAR, VALUES = "exact", "synonym", "remembered", "similar", "values"
_RANKS: Final = {EXACT: 0, SYNONYM: 1, REMEMBERED: 2, SIMILAR: 3, VALUES: 4}
_MOST_VALUES: Final = 500  # different values of a column that are looked at
_ENOUGH: Final = 0.8  # share of values that must fit, where the name alone does not say it all
_FITS: Final = 0.95  # share of values from which on a column fits
_ALIKE: Final = 0.9  # how alike two names must be that differ by a slip of the pen
_SHORTEST_ALIKE: Final = 5  # letters
_FEWEST_VALUES: Final = 3  # different ones that tell something without a name


class Proposal(msgspec.Struct, frozen=True):
    """What one column of a file probably fills; a field is proposed for one column at most.

    Attributes:
        column: its position, from 0.
        target_field: empty where nothing fits; `level` is 0 for the record or header and 1 for lines.
        caption: of the field.
        how: "exact", "synonym", "remembered", "similar" or "values".
        certainty: "certain", "likely" or "a guess".
        valid_share: of the values that the field would take, 0 to 1.
        lookup_by: the field of the look-up table that the values name; empty for its key.
    """

    column: int
    header: str
    target_field: str = ""
    level: int = HEADER
    caption: str = ""
    how: str = ""
    certainty: str = ""
    valid_share: float = 0.0
    lookup_by: str = ""

    @property
    def path(self) -> str:
        """The field's path, as in `definition.FieldMap`; empty where nothing fits."""
        return f"{self.level}.{self.target_field}" if self.level and self.target_field else self.target_field


class _Candidate(NamedTuple):
    """A field that a column could fill."""

    level: int
    order: int
    rule: FieldRule
    names: dict[str, str]  # normalised name, and how it is known


class _Fit(NamedTuple):
    """How well values suit a field: the share that it takes, and the look-up field that they name."""

    share: float
    lookup_by: str = ""


def propose(
    target: ImportTarget,
    header: Sequence[str],
    sample: Iterable[Sequence[str]],
    *,
    remembered: Mapping[str, Sequence[str]] | None = None,
    levels: Sequence[int] = (HEADER, LINE),
    match_field: str = "",
    decimal_separator: str = ".",
    date_format: str = "YYYY-MM-DD",
    null_text: str = "",
    without: Collection[str] = (),
) -> list[Proposal]:
    """Say for each column what it probably fills. Needs an open connection, for values that are looked up.

    Args:
        target: the table whose fields are filled.
        sample: the cells of some rows.
        remembered: by a field's path, the headers under which earlier files carried it.
        levels: whose fields there are in this file: of records or headers, of lines, or of both.
        match_field: what tells documents apart, for a file of lines alone; empty for their key.
        without: paths of fields that are not proposed.
    Returns:
        A proposal per column, in their order.
    """
    candidates = [
        candidate
        for candidate in _candidates(target, remembered or {}, levels, match_field)
        if _path(candidate.level, candidate.rule.name) not in without
    ]
    columns = _distinct(len(header), sample, null_text)
    fits = _Fits(decimal_separator, date_format)
    found: list[tuple[int, float, int, int, int, Proposal]] = []
    for position, name in enumerate(header):
        values = columns[position]
        for candidate in candidates:
            proposal = _judge(position, name, values, candidate, fits)
            if proposal is not None:
                rank = _RANKS[proposal.how]
                found.append(
                    (rank, -proposal.valid_share, position, candidate.level, candidate.order, proposal)
                )
    best: dict[int, Proposal] = {}
    taken: set[tuple[int, str]] = set()
    for *_, proposal in sorted(found, key=lambda entry: entry[:5]):
        field = (proposal.level, proposal.target_field)
        if proposal.column not in best and field not in taken:
            best[proposal.column] = proposal
            taken.add(field)
    return [best.get(position, Proposal(position, name)) for position, name in enumerate(header)]


def named_by(rule: FieldRule, header: str, own: str, remembered: Iterable[str] = ()) -> str:
    """How a header names a field: "exact", "synonym", "remembered", or "" where it does not.

    Args:
        own: the header that the integration names.
    """
    if normalise(header) == normalise(own):
        return EXACT
    return _names(rule, remembered).get(normalise(header), "")


def _candidates(
    target: ImportTarget, remembered: Mapping[str, Sequence[str]], levels: Sequence[int], match_field: str
) -> list[_Candidate]:
    rules = [(level, rule) for level in levels if level == HEADER for rule in target.record.RULES]
    if LINE in levels and target.lines is not None:
        if HEADER not in levels:
            link = match_field or target.record.key_field()
            rules.append((LINE, rule_of(target, target.parent_field, LINE, link)))
        rules += [(LINE, rule) for rule in target.lines.RULES]
    return [
        _Candidate(level, order, rule, _names(rule, remembered.get(_path(level, rule.name), ())))
        for order, (level, rule) in enumerate(rules)
        if rule.editable
    ]


def _path(level: int, name: str) -> str:
    return f"{level}.{name}" if level else name


def _names(rule: FieldRule, remembered: Iterable[str]) -> dict[str, str]:
    names = {normalise(name): REMEMBERED for name in remembered}
    names |= {normalise(name): SYNONYM for name in rule.synonyms}
    names |= {normalise(rule.caption): EXACT, normalise(rule.name): EXACT}
    names.pop("", None)
    return names


def _distinct(width: int, sample: Iterable[Sequence[str]], null_text: str) -> list[dict[str, int]]:
    """Of each column the different values, with how often they occur."""
    columns: list[dict[str, int]] = [{} for _ in range(width)]
    for cells in sample:
        for values, cell in zip(columns, cells, strict=False):
            text = cell.strip()
            if not text or text == null_text or text in FORMULA_ERRORS:
                continue
            if text in values or len(values) < _MOST_VALUES:
                values[text] = values.get(text, 0) + 1
    return columns


def _judge(
    position: int, header: str, values: dict[str, int], candidate: _Candidate, fits: _Fits
) -> Proposal | None:
    rule = candidate.rule
    how = candidate.names.get(normalise(header), "")
    if not how and _alike(header, candidate.names):
        how = SIMILAR
    if how:
        fit = fits.of(rule, values)
        # A look-up that knows none of the values can be mended by what they mean; a number that is none cannot.
        if fit.share < _ENOUGH and how != EXACT and not rule.lookup:
            return None
        if how == SIMILAR and (fit.share < _ENOUGH or not values):
            return None
    elif _told_by_values(rule, values):
        fit = fits.of(rule, values)
        if fit.share < _FITS:
            return None
        how = VALUES
    else:
        return None
    return Proposal(
        position,
        header,
        rule.name,
        candidate.level,
        rule.caption,
        how,
        certainty(how, fit.share, bool(values)),
        round(fit.share, 4),
        fit.lookup_by,
    )


def _alike(header: str, names: Iterable[str]) -> bool:
    """Whether a header is one of the names but for a slip of the pen."""
    folded = normalise(header)
    if len(folded) < _SHORTEST_ALIKE:
        return False
    return any(
        len(name) >= _SHORTEST_ALIKE
        and not (folded.startswith(name) or name.startswith(folded))
        and [sign for sign in folded if sign.isdigit()] == [sign for sign in name if sign.isdigit()]
        and SequenceMatcher(None, folded, name).ratio() >= _ALIKE
        for name in names
    )


def _told_by_values(rule: FieldRule, values: dict[str, int]) -> bool:
    """Whether values alone can tell a field; digits cannot, as quantities look like numbers of items."""
    telling = sum(any(sign.isalpha() for sign in text) for text in values)
    return bool(rule.lookup or rule.pattern) and telling >= _FEWEST_VALUES


def certainty(how: str, share: float, has_values: bool) -> str:
    """How sure it is that a column fills a field: "certain", "likely" or "a guess"."""
    if how in (SIMILAR, VALUES) or share < _ENOUGH:
        return GUESS
    if how == SYNONYM or share < _FITS or not has_values:
        return LIKELY
    return CERTAIN


class _Fits:
    """Tells which share of values a field takes; look-up tables are read once."""

    def __init__(self, decimal_separator: str, date_format: str) -> None:
        self._decimal_separator = decimal_separator
        self._date_format = date_format
        self._tables: dict[tuple[str, str], LookupTable] = {}

    def of(self, rule: FieldRule, values: dict[str, int]) -> _Fit:
        """Values that are not there speak against nothing."""
        if not values:
            return _Fit(1.0)
        if not rule.lookup:
            return _Fit(_share(values, self._taken(rule)))
        by_key = _share(values, self._found(rule, ""))
        name = TABLES[rule.lookup].NAME_FIELD
        if by_key >= _FITS or not name:
            return _Fit(by_key)
        by_name = _share(values, self._found(rule, name))
        return _Fit(by_name, name) if by_name > by_key else _Fit(by_key)

    def _taken(self, rule: FieldRule) -> Callable[[str], bool]:
        read = converter(rule.kind, self._decimal_separator, self._date_format)
        amount = rule.kind is Kind.DECIMAL

        def takes(text: str) -> bool:
            written = written_number(text) if amount else None  # in whatever currency
            try:
                rule.check(read(text if written is None else written.plain))
            except FieldError as error:
                # Digits that are too many can be rounded: the column is one of numbers all the same.
                return rule.kind is Kind.DECIMAL and error.code == "TooManyDecimals"
            return True

        return takes

    def _found(self, rule: FieldRule, by: str) -> Callable[[str], bool]:
        key = (rule.lookup, by)
        if key not in self._tables:
            self._tables[key] = LookupTable(TABLES[rule.lookup], by)
        table = self._tables[key]
        return lambda text: table.find(text) not in (None, AMBIGUOUS)


def _share(values: dict[str, int], fits: Callable[[str], bool]) -> float:
    total = sum(values.values())
    return sum(count for text, count in values.items() if fits(text)) / total
