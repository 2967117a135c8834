"""What verbs print: lines for people, or one JSON object for scripts."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any


def print_answer(args: argparse.Namespace, values: dict[str, Any], lines: Sequence[str]) -> None:
    """Print the values as one JSON object where `--json` was given, else the lines."""
    if args.json:
        print(json.dumps(values, ensure_ascii=False))
        return
    for line in lines:
        print(line)
