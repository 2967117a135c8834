"""The rights of a user, added up from their permission sets.

As long as nobody in the company has a permission set, everybody may do everything: a company of one person needs no
administrator. From the first assignment on, a user without a set may do nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from models.database import connected, database
from models.enforcement import as_system
from models.permissions import ANY_OBJECT
from models.rights import Right, Rights
from models.tables import TABLES, table_caption

_ON_TABLES: Final = (Right.READ, Right.INSERT, Right.MODIFY, Right.DELETE)
_NOTHING: Final[frozenset[Right]] = frozenset()
_ASSIGNED: Final = "SELECT EXISTS (SELECT 1 FROM user_permission_set)"
_PERMISSIONS: Final = """
    SELECT p.object_type, p.object_name, p.may_read, p.may_insert, p.may_modify, p.may_delete, p.may_execute
    FROM user_permission_set AS u JOIN permission AS p ON p.set_code = u.set_code
    WHERE u.user_id = ?
"""
_HOLDERS: Final = """
    SELECT DISTINCT u.user_id FROM user_permission_set AS u LEFT JOIN users AS who ON who.user_id = u.user_id
    WHERE u.set_code IN ({}) AND COALESCE(who.enabled, 1) ORDER BY u.user_id
"""


def are_enforced() -> bool:
    """Whether anybody in the company has a permission set; until then nothing is refused."""
    with connected(), as_system():
        return bool(database.execute_sql(_ASSIGNED).fetchone()[0])


def rights_of(user_id: str) -> Rights | None:
    """What the user may do; None where that is everything. Somebody who is disabled may do nothing.

    It is read anew each time, in some 50 microseconds: who loses a right loses it with the next thing that they do.
    """
    with connected(), as_system():
        if not database.execute_sql(_ASSIGNED).fetchone()[0]:
            return None
        rows = database.execute_sql(_PERMISSIONS, (user_id,)).fetchall() if is_enabled(user_id) else []
    return _added_up(user_id, rows)


def is_enabled(user_id: str) -> bool:
    """Whether the user is not disabled; a name that nobody has entered as a user is nobody's to disable."""
    row = database.execute_sql("SELECT enabled FROM users WHERE user_id = ?", (user_id,)).fetchone()
    return row is None or bool(row[0])


def holders(*set_codes: str) -> list[str]:
    """The users, not disabled, who have one of these sets; each once, in the order of their names."""
    with connected(), as_system():
        signs = ", ".join("?" * len(set_codes))
        return [row[0] for row in database.execute_sql(_HOLDERS.format(signs), set_codes).fetchall()]


def _added_up(user_id: str, rows: Iterable[tuple[str, str, int, int, int, int, int]]) -> Rights | None:
    tables: dict[str, frozenset[Right]] = {}
    codeunits: set[str] = set()
    for object_type, name, *allowed, execute in rows:
        if object_type == "Table":
            given = frozenset(right for right, may in zip(_ON_TABLES, allowed, strict=True) if may)
            tables[name] = tables.get(name, _NOTHING) | given
        elif execute:
            codeunits.add(name)
    on_any = tables.get(ANY_OBJECT, _NOTHING)
    all_codeunits = ANY_OBJECT in codeunits
    if all_codeunits and len(on_any) == len(_ON_TABLES):
        return None
    return Rights(
        user_id=user_id,
        tables={name: on_any | tables.get(name, _NOTHING) for name in TABLES},
        codeunits=frozenset(codeunits),
        all_codeunits=all_codeunits,
        table_caption=table_caption,
    )
