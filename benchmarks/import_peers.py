"""The same file of customers in other importers, each in a process and a database of its own on the same disk.

`python -m benchmarks.import_peers WHICH FILE FOLDER` prints seconds and rows as JSON. django-import-export
and the loop check what Backdesk checks of these columns: keys, lengths, numbers, and that country and terms exist.
"""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

FIELDS: Final = (
    "no", "name", "address", "post_code", "city", "country_code", "contact", "phone_no", "email",
    "payment_terms_code", "credit_limit",
)  # fmt: skip
_LENGTHS: Final = {"no": 20, "post_code": 20, "city": 50, "phone_no": 50, "email": 80}


def django(file: Path, folder: Path, *, tuned: bool = False) -> dict[str, float]:
    """django-import-export on SQLite: a ModelResource with a widget for each of the two foreign keys.

    Args:
        tuned: as fast as its manual tells to make it: in bulk, without differences, and without validating records.
    """
    import django as framework
    from django.conf import settings

    settings.configure(
        INSTALLED_APPS=["benchmarks"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / f"django-{tuned:d}.db"),
                "OPTIONS": {"init_command": "PRAGMA journal_mode = wal; PRAGMA synchronous = full"},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    framework.setup()
    import tablib
    from django.db import connection, models
    from import_export.fields import Field
    from import_export.instance_loaders import CachedInstanceLoader
    from import_export.resources import ModelResource
    from import_export.widgets import ForeignKeyWidget

    def meta(**options: Any) -> type:
        return type("Meta", (), {"app_label": "benchmarks", **options})

    def table(name: str, /, **fields: Any) -> Any:
        return type(name, (models.Model,), {"__module__": __name__, "Meta": meta(), **fields})

    country = table("Country", code=models.CharField(max_length=10, primary_key=True))
    terms = table("Terms", code=models.CharField(max_length=10, primary_key=True))
    texts = {
        name: models.CharField(max_length=_LENGTHS.get(name, 100), blank=True)
        for name in FIELDS
        if name not in ("no", "country_code", "payment_terms_code", "credit_limit")
    }
    customer = table(
        "Customer",
        no=models.CharField(max_length=20, primary_key=True),
        country_code=models.ForeignKey(country, models.PROTECT, null=True),
        payment_terms_code=models.ForeignKey(terms, models.PROTECT, null=True),
        credit_limit=models.DecimalField(max_digits=18, decimal_places=4, default=0),
        **texts,
    )
    with connection.schema_editor() as editor:
        for model in (country, terms, customer):
            editor.create_model(model)
    for model, column in ((country, "country_code"), (terms, "payment_terms_code")):
        codes = sorted({row[column] for row in _rows(file)})
        model.objects.bulk_create([model(code=code) for code in codes])
    looked_up = {
        name: Field(column_name=name, attribute=name, widget=ForeignKeyWidget(model, "code"))
        for name, model in (("country_code", country), ("payment_terms_code", terms))
    }
    options: dict[str, Any] = {"model": customer, "import_id_fields": ("no",), "fields": FIELDS}
    if tuned:
        options |= {"use_bulk": True, "skip_diff": True, "instance_loader_class": CachedInstanceLoader}
    else:
        options["clean_model_instances"] = True
    resource_class: Any = type(
        "CustomerResource", (ModelResource,), {**looked_up, "Meta": type("Meta", (), options)}
    )
    began = time.perf_counter()
    data = tablib.Dataset().load(file.read_text(encoding="utf-8"), format="csv")
    data.headers = list(FIELDS)
    result = resource_class().import_data(data, dry_run=False, raise_errors=False)
    seconds = time.perf_counter() - began
    if result.has_errors() or result.has_validation_errors():
        raise RuntimeError("django-import-export found errors")
    return {"seconds": seconds, "rows": customer.objects.count()}


def peewee_loop(file: Path, folder: Path) -> dict[str, float]:
    """What a programmer would write with peewee: one record after the other, all in one transaction."""
    import peewee

    database = peewee.SqliteDatabase(
        str(folder / "company.backdesk"),
        pragmas={"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1},
    )

    def table(name: str, key: str, /, **fields: Any) -> Any:
        options = type("Meta", (), {"database": database, "table_name": name})
        return type(
            name, (peewee.Model,), {"Meta": options, key: peewee.TextField(primary_key=True), **fields}
        )

    country, terms = table("country", "code"), table("payment_terms", "code")
    texts = {name: peewee.TextField(default="") for name in FIELDS if name not in ("no", "credit_limit")}
    customer = table("customer", "no", **texts, credit_limit=peewee.IntegerField(default=0))
    began = time.perf_counter()
    with database.connection_context(), database.atomic():
        for row in _rows(file):
            if country.get_or_none(country.code == row["country_code"]) is None:
                raise RuntimeError(f"no country {row['country_code']}")
            if terms.get_or_none(terms.code == row["payment_terms_code"]) is None:
                raise RuntimeError(f"no terms {row['payment_terms_code']}")
            if any(len(row[name]) > length for name, length in _LENGTHS.items()):
                raise RuntimeError("too long")
            customer.create(**{**row, "credit_limit": int(Decimal(row["credit_limit"]) * 10_000)})
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "rows": _count(folder / "company.backdesk")}


def sqlite_import(file: Path, folder: Path) -> dict[str, float]:
    """The floor: the command line's `.import` into the same table with its indexes; nothing is read, checked or kept.

    Args:
        file: the rows of the table itself, as `export_table` writes them.
    """
    company = folder / "company.backdesk"
    commands = f".mode csv\n.import --skip 1 '{file}' customer\n"
    began = time.perf_counter()
    subprocess.run(
        ["sqlite3", "-batch", str(company), "-cmd", "PRAGMA synchronous = full"],
        input=commands, text=True, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "rows": _count(company)}


def export_table(company: Path, file: Path, but: str) -> None:
    """The customers of a company with all columns, as `sqlite_import` takes them.

    Args:
        but: the one that is there before.
    """
    with closing(sqlite3.connect(company)) as connection, file.open("w", encoding="utf-8", newline="") as out:
        found = connection.execute("SELECT * FROM customer WHERE no <> ? ORDER BY no", (but,))
        writer = csv.writer(out)
        writer.writerow([column[0] for column in found.description])
        writer.writerows(found)


PEERS: Final[dict[str, Callable[[Path, Path], dict[str, float]]]] = {
    "django": django,
    "django-tuned": partial(django, tuned=True),
    "peewee": peewee_loop,
    "sqlite": sqlite_import,
}


def missing(which: str) -> str:
    """What this machine lacks for a peer; empty where nothing."""
    if which == "sqlite":
        return "" if shutil.which("sqlite3") else "sqlite3 is not installed"
    if which.startswith("django"):
        return "" if find_spec("import_export") else "django-import-export is not installed"
    return ""


def measure(which: str, file: Path, folder: Path) -> dict[str, float]:
    """One peer in a process of its own: `seconds` and `rows`.

    Raises:
        subprocess.CalledProcessError: the peer failed; it has said why.
    """
    words = [sys.executable, "-m", "benchmarks.import_peers", which, str(file), str(folder)]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as source:
        rows = csv.reader(source)
        next(rows)
        for row in rows:
            yield dict(zip(FIELDS, row, strict=True))


def _count(company: Path) -> float:
    with closing(sqlite3.connect(company)) as connection:
        number: float = connection.execute("SELECT COUNT(*) FROM customer").fetchone()[0]
    return number


if __name__ == "__main__":
    which, file, folder = sys.argv[1:]
    print(json.dumps(PEERS[which](Path(file), Path(folder))))
