"""The permission sets that ship: they name what there is, and each company and the docs have them."""

from __future__ import annotations

from pathlib import Path

from desktop.codeunits import registry
from models.database import connected
from models.permissions import ANY_OBJECT, Permission, PermissionSet
from models.tables import TABLES
from models.user_rights import rights_of

DOCS = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
SHIPPED = {"SUPER", "READER", "ORDER PROCESSOR", "DATA MANAGER", "JOB QUEUE ADMIN"}


def test_a_new_company_has_them_and_nobody_has_one(company: Path) -> None:
    with connected():
        assert {row.code for row in PermissionSet.select() if row.shipped} == SHIPPED
    assert rights_of("ANYBODY") is None


def test_each_permission_is_for_something_that_there_is(company: Path) -> None:
    known = {"Table": {*TABLES, ANY_OBJECT}, "Codeunit": {found.name for found in registry.all_codeunits()}}
    known["Codeunit"].add(ANY_OBJECT)
    with connected():
        for row in Permission.select():
            assert row.object_name in known[row.object_type], f"{row.set_code}: {row.object_name}"


def test_the_page_of_the_docs_describes_each(company: Path) -> None:
    lines = DOCS.read_text(encoding="utf-8").splitlines()
    assert {line.split("|")[1].strip() for line in lines if line.startswith("| ")} >= SHIPPED
