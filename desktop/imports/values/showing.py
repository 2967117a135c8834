"""Stored values as people read them in messages about an import."""

from __future__ import annotations

from typing import Any

from models.fields import shown_decimal
from models.rules import Kind


def shown_value(kind: Kind, stored: Any) -> str:
    """A stored value as a text; empty for none.

    Args:
        kind: of its field.
    """
    if stored is None:
        return ""
    if kind is Kind.DECIMAL:
        return f"{shown_decimal(stored).normalize():,f}"
    if kind is Kind.BOOLEAN:
        return "Yes" if stored else "No"
    return str(stored)
