"""Customers."""

from __future__ import annotations

from decimal import Decimal

from models.fields import AmountField
from models.party import Party, party_rules
from models.rules import FieldRule, Kind

BLOCKED = ("", "Ship", "Invoice", "All")


class Customer(Party):
    """Somebody we sell to."""

    CAPTION = "Customer"
    CAPTION_PLURAL = "Customers"
    NAME_FIELD = "name"
    SEARCHED = ("no", "name", "city", "contact", "email")
    RULES = (
        *party_rules(
            name_synonyms=("Customer Name", "Company", "Company Name"),
            no_synonyms=("Customer No.", "Customer Number", "Customer ID", "ID", "Number"),
        ),
        FieldRule("credit_limit", "Credit Limit (LCY)", Kind.DECIMAL, minimum=0, synonyms=("Credit Limit",)),
        FieldRule("blocked", "Blocked", Kind.OPTION, options=BLOCKED),
        FieldRule("balance", "Balance (LCY)", Kind.DECIMAL, editable=False),
    )

    credit_limit = AmountField(default=Decimal(0))
