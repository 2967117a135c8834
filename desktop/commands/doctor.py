"""`backdesk doctor`: looks whether everything is well, and says what to do where it is not."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any, Final

from desktop import paths
from desktop.clock import SYSTEM_CLOCK
from desktop.formats import counted
from desktop.health.check import Check, State
from desktop.settings import Settings

NEEDS_COMPANY: Final = False  # a company that does not open is one of the findings
_SIGNS: Final = {State.OK: "ok     ", State.WARNING: "warning", State.ERROR: "ERROR  "}


def add_parser(subparsers: Any) -> None:
    """Add the verb to the command line."""
    parser = subparsers.add_parser(
        "doctor",
        help="look whether everything is well",
        description="Looks at the installation and the company. Exit code 1 when something does not work.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print a line for each thing that was looked at; 0 when nothing is wrong, 1 otherwise."""
    from desktop.health.company import check_company
    from desktop.health.installation import check_installation

    company = company_to_check(args.company or os.environ.get("BACKDESK_COMPANY"), args.settings)
    checks = [*check_installation(), *check_company(company, SYSTEM_CLOCK)]
    errors = sum(check.state is State.ERROR for check in checks)
    warnings = sum(check.state is State.WARNING for check in checks)
    if args.json:
        print(
            json.dumps({"ok": not errors, "checks": [_values(check) for check in checks]}, ensure_ascii=False)
        )
    else:
        for check in checks:
            print(f"{_SIGNS[check.state]}  {check.name:<15}  {check.text}")
            if check.hint:
                print(f"{'':<26}→ {check.hint}")
        print(f"\n{_summary(errors, warnings)}")
    return 1 if errors else 0


def company_to_check(asked: str | None, settings: Settings) -> Path | None:
    """The company that Backdesk would open; None where it would make the demo company."""
    if asked:
        return Path(asked).expanduser().absolute()
    if settings.last_company:
        last = Path(settings.last_company)
        try:
            if last.exists():
                return last
        except OSError:
            return last  # opening it tells what is in the way
    try:
        demo = paths.demo_company()
        return demo if demo.exists() else None
    except OSError:
        return None  # the folders' own check tells it


def _values(check: Check) -> dict[str, str]:
    return {"name": check.name, "state": check.state.value, "text": check.text, "hint": check.hint}


def _summary(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "Everything is well."
    found = [counted(count, word) for count, word in ((errors, "error"), (warnings, "warning")) if count]
    return f"{' and '.join(found)} found."
