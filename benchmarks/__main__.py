"""`python -m benchmarks --out DIR [--only NAME] [--quick]`: measures speed, prints a table, writes it and JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import platform
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.figure import Figure

ROOMS: Final = ("company", "imports", "lists", "tasks", "jobs", "queues", "window")


def main() -> int:
    """Run the rooms one after the other; a figure over its limit is marked, not punished: machines differ."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=Path("build/bench"), help="folder of the table and the JSON"
    )
    parser.add_argument("--only", choices=ROOMS, action="append", help="just this room; may be repeated")
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the rows, for trying the benchmarks out"
    )
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    found: dict[str, list[Figure]] = {}
    for room in args.only or ROOMS:
        print(f"{room} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="backdesk-bench-") as folder:
            figures = importlib.import_module(f"benchmarks.{room}").figures
            found[room] = list(figures(Path(folder), quick=args.quick))
    table = as_table(found)
    print(table)
    (args.out / "figures.md").write_text(table + "\n", encoding="utf-8")
    (args.out / "figures.json").write_text(json.dumps(as_json(found), indent=1) + "\n", encoding="utf-8")
    return 0


def as_table(found: dict[str, list[Figure]]) -> str:
    """The figures as a Markdown table."""
    lines = ["| what | figure | limit | ratio | |", "|---|---:|---:|---:|---|"]
    for figures in found.values():
        for figure in figures:
            limit = f"{figure.limit:,.4g} {figure.unit}" if figure.limit is not None else ""
            ratio = f"{figure.ratio:.2f}" if figure.ratio is not None else ""
            mark = _mark(figure)
            value = f"{figure.value:,.3g}" if figure.value < 1_000 else f"{figure.value:,.0f}"
            lines.append(
                f"| {figure.name} | {value} {figure.unit} | {limit} | {ratio}{mark} | {figure.note} |"
            )
    return "\n".join(lines)


def _mark(figure: Figure) -> str:
    if figure.ratio is None or figure.ratio <= 1:
        return ""
    return " under" if figure.more else " over"


def as_json(found: dict[str, list[Figure]]) -> dict[str, object]:
    """The figures by room and name, with what they were measured on."""
    return {
        "machine": {
            "python": platform.python_version(),
            "system": platform.system(),
            "cpu": platform.machine(),
        },
        "figures": {
            room: {
                figure.name: {
                    "value": figure.value,
                    "unit": figure.unit,
                    "limit": figure.limit,
                    "ratio": figure.ratio,
                    "note": figure.note,
                }
                for figure in figures
            }
            for room, figures in found.items()
        },
    }


if __name__ == "__main__":
    sys.exit(main())
