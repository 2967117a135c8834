"""What people call the objects of permissions."""

from __future__ import annotations

from typing import Final

from desktop.codeunits import registry
from models.permission_edit import CODEUNIT, TABLE
from models.permissions import ANY_OBJECT
from models.tables import TABLES, table_caption

ALL: Final = {TABLE: "All tables", CODEUNIT: "All codeunits"}
_NO_WORDS: Final = "–"


def object_words(type_and_name: object) -> str:
    """What people call an object, from its type and name with a colon between."""
    object_type, _, name = str(type_and_name or "").partition(":")
    return caption_of(object_type, name)


def caption_of(object_type: str, name: str) -> str:
    """The caption of a table or codeunit; its own name where nothing of that name is there now."""
    if name == ANY_OBJECT:
        return ALL.get(object_type, name)
    if object_type == TABLE:
        return table_caption(name)
    return next((found.caption for found in registry.all_codeunits() if found.name == name), name)


def objects_by_caption(object_type: str) -> dict[str, str]:
    """The names of all objects of a type by caption, in its order; "all" first."""
    if object_type == TABLE:
        known = [(record.CAPTION, name) for name, record in TABLES.items()]
    else:
        known = [(found.caption, found.name) for found in registry.all_codeunits()]
    return {ALL[object_type]: ANY_OBJECT, **dict(sorted(known, key=lambda pair: pair[0].casefold()))}


def yes_or_dash(stored: object) -> str:
    """ "Yes" for what is allowed."""
    return "Yes" if stored else _NO_WORDS
