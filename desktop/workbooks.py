"""Excel workbooks that are written row by row, so that no more than one row is ever held in memory."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

__all__ = ["new_workbook"]


def new_workbook(path: Path) -> xlsxwriter.Workbook:
    """Begin a workbook in which a text stays a text, whatever it looks like: no formula, link or number.

    Args:
        path: made anew; what is not written yet stands beside it meanwhile.
    """
    return xlsxwriter.Workbook(
        path,
        {
            "constant_memory": True,
            "tmpdir": str(path.parent),
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
