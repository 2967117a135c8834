"""Numbers as people and programs write them: (1,234.50), 1.234,50-, 12 %, € 5.00, 5,00 EUR."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_SIGNS: Final = "€$£¥₹₽₺₴₩₪฿"
_CODES: Final = {
    "EUR": "€",
    "USD": "$",
    "US$": "$",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "TRY": "₺",
    "UAH": "₴",
    "ILS": "₪",
    "Euro": "€",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "SFr.": "CHF",
    "Fr.": "CHF",
}
_ALIKE: Final = [
    "CHF",
    "CNY",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "HUF",
    "RON",
    "BGN",
    "RUB",
    "AUD",
    "CAD",
    "NZD",
    "BRL",
    "MXN",
    "ZAR",
    "SGD",
    "HKD",
    "KRW",
    "AED",
    "SAR",
    "THB",
    "kr.",
    "kr",
    "R$",
]
_CURRENCY: Final = "|".join([f"[{_SIGNS}]", *(re.escape(code) for code in (*_CODES, *_ALIKE))])
_BLANK: Final = r"[ \u00a0\u202f]?"
# 12,- and 12.-- are amounts without cents, and not less than nothing.
_NUMBER: Final = re.compile(
    rf"(?P<open>\({_BLANK})?(?P<sign>[+\-−]{_BLANK})?(?P<before>(?:{_CURRENCY}){_BLANK})?(?P<inner>[+\-−]{_BLANK})?"
    r"(?P<number>[.,]?\d(?:[\d.,'’ \u00a0\u202f]*\d)?(?:[eE][+-]?\d{1,3})?)(?:[.,](?:--?|[–—]))?"
    rf"(?P<trailing>{_BLANK}[\-−])?(?P<after>{_BLANK}(?:{_CURRENCY}))?(?P<percent>{_BLANK}%)?"
    rf"(?P<last>{_BLANK}[\-−])?(?P<close>{_BLANK}\))?",
    re.ASCII,
)
_LONGEST: Final = 80  # characters of a number with what stands around it
_MINUS: Final = "-−"


class WrittenNumber(NamedTuple):
    """What stands around the digits of a number.

    Attributes:
        plain: the digits with their signs between them, and "-" before them where the number is negative.
        currency: a sign such as "€", or a code where there is no sign; empty for none.
        percent: it is hundredths.
    """

    plain: str
    currency: str = ""
    percent: bool = False


def written_number(text: str) -> WrittenNumber | None:
    """What a text means that is a number with something around it; None for what is not clearly one."""
    found = _NUMBER.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    bracketed, closed = found["open"] is not None, found["close"] is not None
    signs = [
        sign.strip(" \u00a0\u202f") for name in ("sign", "inner", "trailing", "last") if (sign := found[name])
    ]
    if (
        bracketed != closed
        or len(signs) + bracketed > 1
        or sum(found[mark] is not None for mark in ("before", "after", "percent")) > 1
    ):
        return None
    negative = bracketed or bool(signs and signs[0] in _MINUS)
    mark = (found["before"] or found["after"] or "").strip(" \u00a0\u202f")
    return WrittenNumber(
        f"{'-' if negative else ''}{found['number']}", _CODES.get(mark, mark), found["percent"] is not None
    )
