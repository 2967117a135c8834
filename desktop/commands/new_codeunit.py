"""`backdesk new-codeunit`: makes an extension with a codeunit and its test, to begin with."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

NEEDS_COMPANY: Final = False


def add_parser(subparsers: Any) -> None:
    """Add the verb to the command line."""
    parser = subparsers.add_parser(
        "new-codeunit",
        help="make a codeunit of your own, with its test",
        description="Makes an extension with one codeunit that may be killed at any moment, and its test.",
    )
    parser.add_argument("name", metavar="NAME", help="of the codeunit, e.g. raise_prices")
    parser.add_argument(
        "path", metavar="PATH", nargs="?", default=".", type=Path, help="in which folder; here"
    )
    parser.add_argument("--number", type=int, metavar="N", help="50000 to 99999; the first free one")


def run(args: argparse.Namespace) -> int:
    """Make it; 0.

    Raises:
        UsageError: the name or number cannot be used, or the folder is there already.
    """
    from desktop.scaffold import codeunit

    made, files = codeunit.make(args.name, args.path, args.number)
    print(f"Made {made}:")
    for path in files:
        print(f"  {path.relative_to(made)}")
    print(f"Test it:  cd {made} && python -m pytest tests")
    print(f"Use it:   pip install --no-deps --editable {made}")
    print("How to write jobs that may be killed at any moment: docs/writing-jobs.md")
    return 0
