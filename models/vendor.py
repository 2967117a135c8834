"""Vendors."""

from __future__ import annotations

from models.party import Party, party_rules
from models.rules import FieldRule, Kind

BLOCKED = ("", "Payment", "All")


class Vendor(Party):
    """Somebody we buy from."""

    CAPTION = "Vendor"
    CAPTION_PLURAL = "Vendors"
    NAME_FIELD = "name"
    SEARCHED = ("no", "name", "city", "contact", "email")
    RULES = (
        *party_rules(
            name_synonyms=("Vendor Name", "Supplier", "Supplier Name", "Company", "Company Name"),
            no_synonyms=("Vendor No.", "Vendor Number", "Supplier No.", "Supplier ID", "ID", "Number"),
        ),
        FieldRule("blocked", "Blocked", Kind.OPTION, options=BLOCKED),
        FieldRule("balance", "Balance (LCY)", Kind.DECIMAL, editable=False),
    )
