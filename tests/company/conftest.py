"""The demo company, made once for the tests of this room."""

from __future__ import annotations

from tests.companies import closed, demo, demo_file

__all__ = ["closed", "demo", "demo_file"]
