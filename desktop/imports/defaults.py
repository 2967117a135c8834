"""The integrations that every company begins with."""

from __future__ import annotations

from typing import Final

import msgspec

from models import changes
from models.customer import Customer
from models.database import connected, database
from models.integration import Integration, IntegrationField, IntegrationValueMap
from models.item import Item
from models.record import Record
from models.vendor import Vendor


class _Ready(msgspec.Struct, frozen=True):
    """A ready-made integration; `columns` are pairs of header and field, by default the captions of all fields."""

    code: str
    description: str
    record: type[Record]
    columns: tuple[tuple[str, str], ...] = ()
    null_text: str = ""
    lookup_by: dict[str, str] = {}
    value_maps: dict[str, dict[str, str]] = {}


_READY: Final = (
    _Ready("CUSTOMERS", "Customers from CSV or Excel", Customer),
    _Ready("VENDORS", "Vendors from CSV or Excel", Vendor),
    _Ready("ITEMS", "Items from CSV or Excel", Item),
    _Ready(
        "NORTHWIND-CUSTOMERS",
        "Customers of the Northwind sample",
        Customer,
        columns=(
            ("customerID", "no"),
            ("companyName", "name"),
            ("contactName", "contact"),
            ("address", "address"),
            ("city", "city"),
            ("region", "county"),
            ("postalCode", "post_code"),
            ("country", "country_code"),
            ("phone", "phone_no"),
            ("fax", "fax_no"),
        ),
        null_text="NULL",
        lookup_by={"country_code": "name"},
        value_maps={"country_code": {"UK": "GB", "USA": "US"}},
    ),
)


def install_integrations() -> None:
    """Add the ready-made integrations that the open company does not have yet; one transaction."""
    with connected(), database.atomic():
        for ready in _READY:
            if not Integration.select().where(Integration.code == ready.code).exists():
                _install(ready)
        changes.touch(Integration.table())


def _install(ready: _Ready) -> None:
    Integration.create(
        code=ready.code,
        description=ready.description,
        target_table=ready.record.table(),
        null_text=ready.null_text,
    )
    columns = ready.columns or tuple(
        (rule.caption, rule.name) for rule in ready.record.RULES if rule.editable
    )
    for number, (header, field) in enumerate(columns, 1):
        IntegrationField.create(
            integration_code=ready.code,
            field_no=number * 10,
            source_column=header,
            target_field=field,
            required=ready.record.rule(field).required,
            lookup_by=ready.lookup_by.get(field, ""),
        )
    for field, pairs in ready.value_maps.items():
        for external, internal in pairs.items():
            IntegrationValueMap.create(
                integration_code=ready.code,
                target_field=field,
                external_value=external,
                internal_value=internal,
            )
