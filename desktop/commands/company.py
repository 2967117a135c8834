"""`backdesk company`: makes a company, and tells what is in one."""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import Any, Final

NEEDS_COMPANY: Final = False  # `create` makes its own, `info` opens it here


def add_parser(subparsers: Any) -> None:
    """Add the verb and its actions to the command line."""
    parser = subparsers.add_parser(
        "company", help="make a company, or tell what is in one", description="Company files."
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    create = actions.add_parser("create", help="make a new company file")
    create.add_argument("path", metavar="PATH", help="the file to make, e.g. harbour.db")
    create.add_argument(
        "--demo", action="store_true", help="fill it with two years of a ship chandler's business"
    )
    create.add_argument("--name", metavar="NAME", help="what the company is called; else after the file")
    create.add_argument("--json", action="store_true", help="one JSON object")
    info = actions.add_parser("info", help="what is in the company")
    info.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0.

    Raises:
        CompanyError: the file cannot be made or opened.
        FieldError: the name is refused.
    """
    return _create(args) if args.action == "create" else _info(args)


def _create(args: argparse.Namespace) -> int:
    from desktop.company import DEMO_NAME, create_company, remember_company

    started = time.monotonic()
    after_file = Path(args.path).stem.replace("_", " ").replace("-", " ").strip().capitalize()
    name = args.name if args.name is not None else DEMO_NAME if args.demo else after_file
    path = create_company(args.path, name, demo=args.demo, user_id=args.settings.user())
    remember_company(path, args.settings)
    facts = _facts(path)
    if args.json:
        print(json.dumps(facts, ensure_ascii=False))
        return 0
    print(f"Made “{facts['name']}” in {time.monotonic() - started:.1f} s: {path}")
    if args.demo:
        _print_counts(facts)
    return 0


def _info(args: argparse.Namespace) -> int:
    from desktop.company import open_or_create

    facts = _facts(open_or_create(args.company or os.environ.get("BACKDESK_COMPANY"), args.settings))
    if args.json:
        print(json.dumps(facts, ensure_ascii=False))
        return 0
    demo = ", the demo company" if facts["demo"] else ""
    print(f"{facts['name']}{demo}")
    print(f"{facts['path']}, {facts['size'] / 1e6:,.1f} MB, schema {facts['schema']}")
    _print_counts(facts)
    return 0


def _facts(path: Path) -> dict[str, Any]:
    """What `--json` prints: path, name, demo, schema (the newest migration), size in bytes, counts by table."""
    from models.company import CompanyInformation
    from models.database import connected, database
    from models.tables import TABLES

    with connected():
        information = CompanyInformation.get_or_none()
        (schema,) = database.execute_sql("SELECT MAX(name) FROM schema_migration").fetchone()
        counts = {name: record.select().count() for name, record in TABLES.items()}
    files = (path, path.with_name(path.name + "-wal"))
    return {
        "path": str(path),
        "name": information.name if information else "",
        "demo": bool(information and information.is_demo),
        "schema": schema,
        "size": sum(file.stat().st_size for file in files if file.exists()),
        "counts": counts,
    }


def _print_counts(facts: dict[str, Any]) -> None:
    from desktop.formats import count_text
    from models.tables import TABLES

    # Without a plural, people never see the table by itself.
    shown = [
        (TABLES[table].CAPTION_PLURAL, count)
        for table, count in facts["counts"].items()
        if count and TABLES[table].CAPTION_PLURAL
    ]
    width = max((len(caption) for caption, _ in shown), default=0)
    for caption, count in shown:
        print(f"  {caption:<{width}}  {count_text(count):>9}")
