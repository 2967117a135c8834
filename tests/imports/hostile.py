"""Hostile files, as small on disk as they can be."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
ODS_SPACES = (
    " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    + ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def xlsx(
    path: Path,
    sheet: str | bytes,
    strings: str | bytes | None = None,
    *,
    styles: str = "",
    before: str = "",
    book: str = "",
    target: str = "worksheets/sheet1.xml",
    others: dict[str, str] | None = None,
) -> Path:
    """A workbook of one sheet with these parts; `sheet` is what stands in its rows, or bytes of the whole part."""
    related = [("worksheet", target), ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")]
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/{kind}" Target="{part}"/>'
        for number, (kind, part) in enumerate(related, 1)
    )
    if isinstance(sheet, str):
        sheet = f'{before}<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "xl/workbook.xml",
            f'{before}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{book}'
            '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        package.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>'
        )
        package.writestr("xl/worksheets/sheet1.xml", sheet)
        if strings is not None:
            package.writestr(
                "xl/sharedStrings.xml",
                strings if isinstance(strings, bytes) else f'<sst xmlns="{MAIN}">{strings}</sst>',
            )
        if styles:
            package.writestr("xl/styles.xml", f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>')
        for name, content in (others or {}).items():
            package.writestr(name, content)
    return path


def ods(path: Path, rows: str, before: str = "") -> Path:
    """An open document of one sheet "S"."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr(
            "content.xml",
            f"{before}<office:document-content {ODS_SPACES}><office:body><office:spreadsheet>"
            f'<table:table table:name="S">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def noise(length: int) -> str:
    """Letters that do not pack well."""
    return random.Random(1).randbytes(length // 2).hex()
