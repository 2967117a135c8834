"""A company, a clock that the test moves, and runs in this thread instead of in a child."""

from __future__ import annotations

from tests.scheduler.conftest import company, moving, test_codeunits

__all__ = ["company", "moving", "test_codeunits"]
