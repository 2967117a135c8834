"""What tests of rights in the window get: functions that give sets to people, and read what is stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models.company import User
from models.database import connected
from models.permission_edit import assign
from models.permissions import SUPER


@pytest.fixture
def give(company: Path) -> Callable[..., None]:
    """A function that gives MARIA permission sets, in a company that ANNA looks after."""

    def to_maria(*set_codes: str) -> None:
        with connected():
            for user_id, name in (("ANNA", "Anna Meyer"), ("MARIA", "Maria Lopez")):
                User(user_id=user_id, full_name=name).save(force_insert=True)
            assign("ANNA", SUPER)
            for code in set_codes:
                assign("MARIA", code)

    return to_maria
