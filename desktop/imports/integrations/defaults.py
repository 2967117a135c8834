"""The integrations that every company begins with."""

from __future__ import annotations

from typing import Final

import msgspec

from desktop.imports.integrations.definition import HEADER, LINE, Transforms, rule_of
from desktop.imports.integrations.targets import ImportTarget, find_target
from models import changes
from models.database import connected, database
from models.integration import (
    ColumnType,
    Integration,
    IntegrationField,
    IntegrationValueMap,
    LookupMissing,
)

_COUNTRIES: Final = {"UK": "GB", "USA": "US"}  # as the Northwind sample writes them


class _Field(msgspec.Struct, frozen=True):
    """A field and the header of its column."""

    header: str
    name: str
    level: int = HEADER
    formula: str = ""
    lookup_by: str = ""
    lookup_missing: str = LookupMissing.ERROR
    transforms: Transforms = Transforms()


class _Ready(msgspec.Struct, frozen=True):
    """A ready-made integration; without `fields`, a column for each field under its own caption."""

    code: str
    description: str
    table: str
    fields: tuple[_Field, ...] = ()
    match_field: str = "no"
    null_text: str = ""
    control_field: str = ""
    value_maps: dict[str, dict[str, str]] = {}


def _party(key: str) -> tuple[_Field, ...]:
    """The columns that customers and suppliers of the Northwind sample share."""
    return (
        _Field(key, "no"),
        _Field("companyName", "name"),
        _Field("contactName", "contact"),
        _Field("address", "address"),
        _Field("city", "city"),
        _Field("region", "county"),
        _Field("postalCode", "post_code"),
        _Field("country", "country_code", lookup_by="name"),
        _Field("phone", "phone_no"),
        _Field("fax", "fax_no"),
    )


_READY: Final = (
    _Ready("CUSTOMERS", "Customers from CSV or Excel", "customer"),
    _Ready("VENDORS", "Vendors from CSV or Excel", "vendor"),
    _Ready("ITEMS", "Items from CSV or Excel", "item"),
    _Ready("POST-CODES", "Post codes with their cities", "post_code", match_field="code,city"),
    _Ready(
        "SALES-ORDERS",
        "Sales orders, a row per line in any order",
        "sales_header",
        (
            _Field("Order No.", "no"),
            _Field("Customer No.", "customer_no"),
            _Field("Order Date", "order_date"),
            _Field("Shipment Date", "shipment_date"),
            _Field("External Document No.", "external_document_no"),
            _Field("Currency Code", "currency_code"),
            _Field("Item No.", "item_no", LINE),
            _Field("Description", "description", LINE),
            _Field("Quantity", "quantity", LINE),
            _Field("Unit of Measure Code", "unit_code", LINE),
            _Field("Unit Price", "unit_price", LINE),
            _Field("Line Discount %", "discount_percent", LINE),
        ),
        control_field="1.quantity",
    ),
    _Ready(
        "NORTHWIND-CUSTOMERS",
        "Customers of the Northwind sample",
        "customer",
        _party("customerID"),
        null_text="NULL",
        value_maps={"country_code": _COUNTRIES},
    ),
    _Ready(
        "NORTHWIND-SUPPLIERS",
        "Suppliers of the Northwind sample",
        "vendor",
        _party("supplierID"),
        null_text="NULL",
        value_maps={"country_code": _COUNTRIES},
    ),
    _Ready(
        "NORTHWIND-PRODUCTS",
        "Products of the Northwind sample",
        "item",
        (
            _Field("productID", "no"),
            _Field("productName", "description"),
            _Field("supplierID", "vendor_no"),
            _Field("unitPrice", "unit_price"),
            _Field("unitsInStock", "inventory"),
            _Field("reorderLevel", "reorder_point"),
            _Field("discontinued", "blocked"),
        ),
        null_text="NULL",
    ),
    _Ready(
        "NORTHWIND-ORDERS",
        "Orders of the Northwind sample, with a second file for their lines",
        "sales_header",
        (
            _Field("orderID", "no"),
            _Field("customerID", "customer_no"),
            _Field("orderDate", "order_date"),
            _Field("shippedDate", "shipment_date"),
            _Field("orderID", "order_no", LINE),
            _Field("productID", "item_no", LINE),
            _Field("unitPrice", "unit_price", LINE),
            _Field("quantity", "quantity", LINE),
            _Field("discount", "discount_percent", LINE, formula="[discount] * 100"),
        ),
        null_text="NULL",
        control_field="1.quantity",
    ),
    _Ready(
        "ONLINE-RETAIL",
        "Days of the Online Retail sample as orders and credit notes",
        "sales_header",
        (
            _Field("InvoiceNo", "no"),
            _Field(
                "CustomerID",
                "customer_no",
                lookup_missing=LookupMissing.CREATE,
                transforms=Transforms(replace=((".0", ""),)),
            ),
            _Field("InvoiceDate", "order_date"),
            _Field("StockCode", "item_no", LINE, lookup_missing=LookupMissing.CREATE),
            _Field("Description", "description", LINE),
            _Field("Quantity", "quantity", LINE),
            _Field("UnitPrice", "unit_price", LINE),
        ),
        control_field="1.quantity",
    ),
)


def install_integrations() -> None:
    """Add the ready-made integrations that the open company does not have yet; one transaction."""
    with connected(), database.atomic():
        for ready in _READY:
            target = find_target(ready.table)
            known = Integration.select().where(Integration.code == ready.code).exists()
            if target is not None and not known:
                _install(ready, target)
        changes.touch(Integration.table())


def _install(ready: _Ready, target: ImportTarget) -> None:
    Integration.create(
        code=ready.code,
        description=ready.description,
        target_table=ready.table,
        match_field=ready.match_field,
        null_text=ready.null_text,
        control_field=ready.control_field,
    )
    fields = ready.fields or tuple(
        _Field(rule.caption, rule.name) for rule in target.record.RULES if rule.editable
    )
    for number, field in enumerate(fields, 1):
        rule = rule_of(target, field.name, field.level, ready.match_field.partition(",")[0])
        IntegrationField.create(
            integration_code=ready.code,
            level=field.level,
            field_no=number * 10,
            source_column=field.header,
            target_field=field.name,
            column_type=ColumnType.FORMULA if field.formula else ColumnType.STANDARD,
            expression=field.formula,
            required=rule.required,
            lookup_by=field.lookup_by,
            lookup_missing=field.lookup_missing,
            transforms=msgspec.json.encode(field.transforms).decode(),
        )
    for path, pairs in ready.value_maps.items():
        for external, internal in pairs.items():
            IntegrationValueMap.create(
                integration_code=ready.code,
                target_field=path,
                external_value=external,
                internal_value=internal,
            )
