"""The files whose import is measured, always the same ones: customers as CSV and xlsx, lines of sales orders."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final, TextIO
from xml.sax.saxutils import escape

HEADER: Final = (
    "No.", "Name", "Address", "Post Code", "City", "Country/Region Code", "Contact", "Phone No.", "E-Mail",
    "Payment Terms Code", "Credit Limit (LCY)",
)  # fmt: skip
ORDER_HEADER: Final = ("Order No.", "Customer No.", "Order Date", "Item No.", "Quantity", "Unit Price")
ITEM_HEADER: Final = ("No.", "Description", "Base Unit of Measure", "Unit Price", "Unit Cost")
UNKNOWN_COUNTRY: Final = "XX"
CUSTOMERS_OF_ORDERS: Final = 10_000
ITEMS_OF_ORDERS: Final = 2_000
_COUNTRIES: Final = ("DE", "FR", "GB", "US", "NL", "IT", "ES", "PL", "AT", "CH")
_TERMS: Final = ("14 DAYS", "30 DAYS", "60 DAYS", "COD")
_UNITS: Final = ("PCS", "BOX")
_STRAYED: Final = 25  # of so many lines, one stands far from the others of its order


def customer_rows(number: int, wrong: int = 0, letter: str = "B") -> Iterator[list[str]]:
    """Customers as a file has them; two columns are looked up.

    Args:
        wrong: so many of them, evenly spread, name a country that does not exist.
        letter: with which their numbers begin.
    """
    random = Random(1)
    for position in range(number):
        row = [
            f"{letter}{position:07d}",
            f"Customer {random.randrange(10**6)} & Sons",
            f"{random.randrange(1, 300)} Harbour Street",
            f"{random.randrange(10**5):05d}",
            f"Town {random.randrange(5000)}",
            random.choice(_COUNTRIES),
            f"Contact {random.randrange(10**5)}",
            f"+49 40 {random.randrange(10**7)}",
            f"sales{position}@example.com",
            random.choice(_TERMS),
            f"{random.randrange(10**6) / 100:.2f}",
        ]
        if (position + 1) * wrong // number > position * wrong // number:
            row[5] = UNKNOWN_COUNTRY
        yield row


def write_csv(path: Path, number: int, wrong: int = 0, letter: str = "B") -> None:
    """A CSV file of so many customers; arguments as of `customer_rows`."""
    _write(path, HEADER, customer_rows(number, wrong, letter))


def write_items(path: Path, number: int = ITEMS_OF_ORDERS) -> None:
    """A CSV file of the items that orders are of."""
    random = Random(2)
    prices = (f"{random.randrange(1, 10**5) / 100:.2f}" for _ in range(number))
    rows = (
        [f"I{no:05d}", f"Item {no}", random.choice(_UNITS), price, "1"] for no, price in enumerate(prices)
    )
    _write(path, ITEM_HEADER, rows)


def write_order_lines(path: Path, documents: int) -> None:
    """A flat CSV file of sales orders, four lines each; one line of 25 stands where it does not belong."""
    random = Random(3)
    strayed: list[list[str]] = []

    def rows() -> Iterator[list[str]]:
        for document in range(documents):
            head = [
                f"W{document:07d}",
                f"B{random.randrange(CUSTOMERS_OF_ORDERS):07d}",
                f"2026-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}",
            ]
            for _ in range(4):
                line = [
                    *head,
                    f"I{random.randrange(ITEMS_OF_ORDERS):05d}",
                    str(random.randrange(1, 100)),
                    f"{random.randrange(1, 10**5) / 100:.2f}",
                ]
                if random.randrange(_STRAYED):
                    yield line
                else:
                    strayed.append(line)
            if len(strayed) > 1_000:
                yield strayed.pop(random.randrange(len(strayed)))
        yield from strayed

    _write(path, ORDER_HEADER, rows())


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def write_xlsx(path: Path, number: int) -> None:
    """The customers as Excel saves them: texts shared, the last column numbers."""
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in _PARTS.items():
            book.writestr(name, _XML + content)
        with _part(book, "xl/worksheets/sheet1.xml") as out:
            out.write(f'<worksheet xmlns="{_MAIN}"><sheetData>')
            out.write(_row(1, _shared(HEADER, texts)))
            for line, row in enumerate(customer_rows(number), 2):
                out.write(_row(line, [*_shared(row[:-1], texts), f"><v>{float(row[-1])!r}</v>"]))
            out.write("</sheetData></worksheet>")
        with _part(book, "xl/sharedStrings.xml") as out:
            out.write(f'<sst xmlns="{_MAIN}" uniqueCount="{len(texts)}">')
            out.writelines(f"<si><t>{escape(text)}</t></si>" for text in texts)
            out.write("</sst>")


@contextmanager
def _part(book: zipfile.ZipFile, name: str) -> Iterator[TextIO]:
    with book.open(name, "w", force_zip64=True) as file, io.TextIOWrapper(file, encoding="utf-8") as out:
        out.write(_XML)
        yield out


def _shared(cells: Iterable[str], texts: dict[str, int]) -> list[str]:
    """The ends of cells whose texts stand in the table of the texts."""
    return [f' t="s"><v>{texts.setdefault(cell, len(texts))}</v>' for cell in cells]


def _row(line: int, ends: Iterable[str]) -> str:
    cells = "".join(
        f'<c r="{column}{line}"{end}</c>' for column, end in zip("ABCDEFGHIJK", ends, strict=True)
    )
    return f'<row r="{line}">{cells}</row>'


_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KINDS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPES: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPES}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_KINDS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_KINDS}"><sheets>'
    '<sheet name="Customers" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_KINDS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_KINDS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}
