"""Making a company, and opening the one a person means."""

from __future__ import annotations

import json
import logging
import os
import re
import tempfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import resources
from desktop import paths
from desktop import settings as settings_store
from desktop.clock import SYSTEM_CLOCK, Clock
from desktop.errors import SettingsError
from desktop.settings import Settings
from models.company import CompanyInformation, NumberSeries, User
from models.database import close_company, connected, database, open_company
from models.errors import BackdeskError, CompanyError, company_error
from models.lookups import Country, PaymentTerms, UnitOfMeasure

_log = logging.getLogger(__name__)

DEMO_NAME: Final = "Harbour Supply Ltd."
_SERIES: Final = (  # code, description, prefix, figures
    ("CUSTOMER", "Customers", "C", 5),
    ("VENDOR", "Vendors", "V", 5),
    ("ITEM", "Items", "I", 5),
    ("SALES_ORDER", "Sales orders", "SO", 6),
)


def create_company(
    path: Path | str, name: str, *, demo: bool = False, clock: Clock = SYSTEM_CLOCK, user_id: str
) -> Path:
    """Make a company and leave it open.

    It is made under another name and gets its own when it is complete, so that a crash leaves none or all.

    Args:
        path: the file; it must not exist yet.
        name: what the company is called.
        demo: fill it with the customers, items, vendors and two years of orders of the demo company.
        clock: gives the day up to which the demo company has orders.
        user_id: who makes it and may work in it.
    Returns:
        The absolute path.
    Raises:
        CompanyError: as `open_company`; nothing is left behind.
        FieldError: the name is empty or too long.
    """
    company = Path(path).expanduser().absolute()
    stored_name = CompanyInformation.rule("name").check(name)
    _check_place(company)
    try:
        company.parent.mkdir(parents=True, exist_ok=True)
        workplace = tempfile.TemporaryDirectory(
            prefix=".backdesk-", dir=company.parent, ignore_cleanup_errors=True
        )
    except OSError as error:
        raise _cannot_make(company, error) from error
    with workplace as folder:
        draft = Path(folder) / company.name
        open_company(draft, create=True)
        try:
            _fill(stored_name, demo=demo, clock=clock, user_id=user_id)
        except Exception as error:
            told = company_error(error, company)
            if told is None:
                raise
            raise told from error
        finally:
            close_company()
        _publish(draft, company)
    return open_company(company)


def open_or_create(path: Path | str | None, settings: Settings, clock: Clock = SYSTEM_CLOCK) -> Path:
    """Open the company that is meant, and remember it as the one used last.

    Args:
        path: the one a person named; None takes the one used last, or else the demo company, which is made
            when it is used first.
        settings: names the company used last and the user; changed and saved when it is another one now.
    Returns:
        The absolute path of the open company.
    Raises:
        CompanyError: as `open_company`. A company that was named is never made, and never replaced by another.
    """
    company = open_company(path) if path else _open_last(settings, clock)
    _ensure_tables_of_extensions()
    ensure_user(settings.user())
    remember_company(company, settings)
    return company


def _ensure_tables_of_extensions() -> None:
    from desktop.extensions.tables import ensure_tables  # they know codeunits, and those know companies

    ensure_tables()


def remember_company(company: Path, settings: Settings) -> None:
    """Keep which company was used last; where settings cannot be saved, the work goes on without that."""
    if settings.last_company == str(company):
        return
    settings.last_company = str(company)
    try:
        settings_store.save(settings)
    except SettingsError as error:
        _log.warning("the company used last is not remembered: %s", error)


def ensure_user(user_id: str) -> None:
    """Let somebody work in the open company who was never there before."""
    with connected(), database.atomic():
        if not User.select().where(User.user_id == user_id).exists():
            User(user_id=user_id, full_name=readable_name(user_id)).save(force_insert=True)


def readable_name(user_id: str) -> str:
    r"""A name for people from the name of an account: OFFICE\JANE.DOE becomes Jane Doe."""
    account = user_id.rsplit("\\", 1)[-1].split("@", 1)[0]
    words = [word for word in re.split(r"[._\-\s]+", account) if word]
    return " ".join(word.capitalize() for word in words) or user_id


def _open_last(settings: Settings, clock: Clock) -> Path:
    if settings.last_company:
        try:
            return open_company(settings.last_company)
        except CompanyError as error:
            if error.code != "NotFound":
                raise
    demo = paths.demo_company()
    if not demo.exists():
        try:
            return create_company(demo, DEMO_NAME, demo=True, clock=clock, user_id=settings.user())
        except CompanyError as error:
            if error.code != "Exists":  # another process was first
                raise
    return open_company(demo)


def _check_place(company: Path) -> None:
    try:
        is_folder, exists = company.is_dir(), company.exists()
    except OSError as error:
        raise _cannot_make(company, error) from error
    if is_folder:
        raise CompanyError(
            f"“{company}” is a folder, not a company file.", "Name a file in it.", code="IsAFolder"
        )
    if exists:
        raise CompanyError(f"“{company}” exists already.", "Choose another name, or open it.", code="Exists")


def _cannot_make(company: Path, error: OSError) -> BackdeskError:
    return CompanyError(
        f"No company can be made in “{company.parent}”: {error.strerror or error}.",
        "Choose another folder, or ask for the right to write there.",
        code="CannotOpen",
    )


def _publish(draft: Path, company: Path) -> None:
    """Give the finished file its name, without ever replacing a file that has it."""
    try:
        try:
            os.link(draft, company)
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            _check_place(company)
            draft.rename(company)
    except FileExistsError:
        _check_place(company)
        raise
    except OSError as error:
        raise _cannot_make(company, error) from error


def _fill(name: str, *, demo: bool, clock: Clock, user_id: str) -> None:
    from desktop.imports.integrations.defaults import install_integrations

    with connected(), database.atomic():
        _insert_basics(name, demo=demo, now=clock.now(), user_id=user_id)
        install_integrations()
        if demo:
            from desktop.demo.harbour import fill

            fill(clock)


def _insert_basics(name: str, *, demo: bool, now: datetime, user_id: str) -> None:
    countries = _data("countries.json")
    Country.insert_many(list(countries.items()), [Country.code, Country.name]).execute()
    PaymentTerms.insert_many(
        [{**row, "discount_percent": Decimal(row["discount_percent"])} for row in _data("payment_terms.json")]
    ).execute()
    UnitOfMeasure.insert_many(_data("units_of_measure.json")).execute()
    NumberSeries.insert_many(
        [
            {"code": code, "description": description, "prefix": prefix, "width": width}
            for code, description, prefix, width in _SERIES
        ]
    ).execute()
    CompanyInformation.insert(id=1, name=name, is_demo=demo, created_at=now).execute()
    User.insert(user_id=user_id, full_name=readable_name(user_id)).execute()


def _data(file: str) -> Any:
    return json.loads(resources.path("company", file).read_text(encoding="utf-8"))
