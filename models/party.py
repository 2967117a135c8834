"""What customers and vendors share: a name, an address, ways to reach them, and terms."""

from __future__ import annotations

from decimal import Decimal

import peewee

from models.fields import AmountField, MomentField
from models.record import Record
from models.rules import FieldRule, Kind

EMAIL_PATTERN = r"[^@\s]+@[^@\s]+\.[^@\s]+"


def party_rules(name_synonyms: tuple[str, ...], no_synonyms: tuple[str, ...]) -> tuple[FieldRule, ...]:
    """The rules that customers and vendors share, with the headers under which files carry them."""
    return (
        FieldRule("no", "No.", Kind.CODE, max_length=20, required=True, synonyms=no_synonyms),
        FieldRule("name", "Name", max_length=100, required=True, synonyms=name_synonyms),
        FieldRule("address", "Address", max_length=100, synonyms=("Street", "Address 1", "Address Line 1")),
        FieldRule("address_2", "Address 2", max_length=50, synonyms=("Address Line 2",)),
        FieldRule(
            "post_code", "Post Code", max_length=20, synonyms=("Postal Code", "ZIP", "ZIP Code", "Postcode")
        ),
        FieldRule("city", "City", max_length=60, synonyms=("Town",)),
        FieldRule("county", "County", max_length=30, synonyms=("Region", "State", "Province")),
        FieldRule(
            "country_code",
            "Country/Region Code",
            Kind.CODE,
            max_length=10,
            lookup="country",
            synonyms=("Country", "Country Code", "Country/Region"),
        ),
        FieldRule("contact", "Contact", max_length=100, synonyms=("Contact Name", "Contact Person")),
        FieldRule("phone_no", "Phone No.", max_length=30, synonyms=("Phone", "Telephone", "Phone Number")),
        FieldRule("fax_no", "Fax No.", max_length=30, synonyms=("Fax", "Fax Number")),
        FieldRule(
            "email",
            "E-Mail",
            max_length=80,
            pattern=EMAIL_PATTERN,
            pattern_hint="Write it like name@example.com.",
            synonyms=("Email", "E-Mail Address", "Mail"),
        ),
        FieldRule(
            "payment_terms_code",
            "Payment Terms Code",
            Kind.CODE,
            max_length=10,
            lookup="payment_terms",
            synonyms=("Payment Terms", "Terms"),
        ),
        FieldRule("currency_code", "Currency Code", Kind.CODE, max_length=10, synonyms=("Currency",)),
    )


class Party(Record):
    """The columns that customers and vendors share."""

    no = peewee.TextField(primary_key=True)
    name = peewee.TextField(default="")
    address = peewee.TextField(default="")
    address_2 = peewee.TextField(default="")
    post_code = peewee.TextField(default="")
    city = peewee.TextField(default="")
    county = peewee.TextField(default="")
    country_code = peewee.TextField(null=True)
    contact = peewee.TextField(default="")
    phone_no = peewee.TextField(default="")
    fax_no = peewee.TextField(default="")
    email = peewee.TextField(default="")
    payment_terms_code = peewee.TextField(null=True)
    currency_code = peewee.TextField(default="")
    balance = AmountField(default=Decimal(0))
    blocked = peewee.TextField(default="")
    modified_at = MomentField(null=True)
    search_text = peewee.TextField(default="")
