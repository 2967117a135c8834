"""A codeunit to begin with: an extension that works, with its test."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template
from typing import Final

from desktop.codeunits import registry
from desktop.errors import UsageError
from desktop.extensions.extension import NUMBERS

FIRST_NUMBER: Final = 50_100
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")

_PYPROJECT: Final = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "backdesk-$dashed"
version = "1.0.0"
description = "$caption: an extension of Backdesk"
requires-python = ">=3.11"
dependencies = ["backdesk"]

[project.entry-points."backdesk.extensions"]
$name = "backdesk_$name:extension"

[tool.pytest.ini_options]
pythonpath = ["."]
"""
_EXTENSION: Final = '''\
"""$caption: an extension of Backdesk."""

from desktop.extensions import Codeunit, Extension

extension = Extension(
    name="$caption",
    version="1.0.0",
    codeunits=(Codeunit($number, "$name", "$caption", "backdesk_$name.$name", retries=3),),
)
'''
_CODEUNIT: Final = '''\
"""Codeunit $number: $caption."""

from desktop.sessions.session import Session
from models.customer import Customer


def run(session: Session) -> None:
    """Take needless blanks out of the names of customers.

    Parameters:
        only_city: only customers of this city; all of them when it is missing.
    """
    only_city = session.parameter("only_city", str, default="")
    customers = Customer.select()
    if only_city:
        customers = customers.where(Customer.city == only_city)
    corrected = 0
    for chunk in session.chunks(customers):
        # One transaction: what is done here is there exactly when the place behind it is.
        with chunk as found:
            for customer in found:
                name = " ".join(customer.name.split())
                if name != customer.name:
                    customer.name = name
                    customer.save()
                    corrected += 1
    session.result_text = f"{corrected} names corrected."
'''
_TEST: Final = '''\
"""$caption: to its end, and killed on the way."""

from collections.abc import Callable, Sequence

import pytest
from backdesk_$name import extension

from desktop.extensions import Extension
from desktop.testing import JobRun
from models.customer import Customer
from models.database import connected

pytest_plugins = ["desktop.pytest_plugin"]

RunJob = Callable[..., JobRun]


@pytest.fixture
def job_extensions() -> Sequence[Extension]:
    return (extension,)


@pytest.fixture(autouse=True)
def customers(run_job: RunJob) -> None:
    with connected():
        Customer.create(no="C1", name="Wagner  GmbH", city="Hamburg")
        Customer.create(no="C2", name=" Anna Berg ", city="Kiel")


def names() -> list[str]:
    with connected():
        return [customer.name for customer in Customer.select().order_by(Customer.no)]


def test_it_goes_through_all_customers(run_job: RunJob) -> None:
    done = run_job("$name")
    assert (done.status, done.result_text) == ("Finished", "2 names corrected.")
    assert names() == ["Wagner GmbH", "Anna Berg"]


def test_it_takes_those_of_a_city(run_job: RunJob) -> None:
    run_job("$name", {"only_city": "Kiel"})
    assert names() == ["Wagner  GmbH", "Anna Berg"]


@pytest.mark.parametrize("after", [0, 1])
def test_killed_on_the_way_it_goes_on(run_job: RunJob, after: int) -> None:
    done = run_job("$name", killed_after=after)
    assert (done.status, done.attempts) == ("Finished", 2)
    assert names() == ["Wagner GmbH", "Anna Berg"]
'''
_FILES: Final = {
    "pyproject.toml": _PYPROJECT,
    "backdesk_$name/__init__.py": _EXTENSION,
    "backdesk_$name/$name.py": _CODEUNIT,
    "tests/test_$name.py": _TEST,
}


def make(name: str, folder: Path, number: int | None = None) -> tuple[Path, list[Path]]:
    """Write an extension with one codeunit and its test.

    Args:
        name: of the codeunit, in snake_case.
        folder: in which the extension's own folder is made.
        number: of the codeunit; the first free one when None.
    Returns:
        The extension's folder, and the files in it.
    Raises:
        UsageError: the name or number cannot be used, or the folder is there already.
    """
    _check_name(name)
    values = {
        "name": name,
        "dashed": name.replace("_", "-"),
        "caption": name.replace("_", " ").capitalize(),
        "number": f"{_free_number() if number is None else _checked_number(number)}",
    }
    made = folder.expanduser() / f"backdesk-{values['dashed']}"
    try:
        made.mkdir(parents=True)
    except FileExistsError:
        raise UsageError(f"“{made}” exists already.", "Choose another name or folder.", "Exists") from None
    except OSError as error:
        raise UsageError(
            f"“{made}” cannot be made: {error.strerror}.",
            "Choose a folder in which you may write.",
            "CannotWrite",
        ) from error
    files = []
    for place, text in _FILES.items():
        path = made / Template(place).substitute(values)
        path.parent.mkdir(exist_ok=True)
        path.write_text(Template(text).substitute(values), encoding="utf-8")
        files.append(path)
    return made, files


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise UsageError(
            f"“{name}” cannot be the name of a codeunit.",
            "Use small letters, digits and underscores, at most 40, with a letter first: raise_prices.",
        )
    taken = next((codeunit for codeunit in registry.all_codeunits() if codeunit.name == name), None)
    if taken is not None:
        raise UsageError(
            f"There is a codeunit “{name}” already: {taken.number}, {taken.caption}.",
            "Choose another name.",
            "Exists",
        )


def _checked_number(number: int) -> int:
    if number not in NUMBERS:
        raise UsageError(
            f"{number} is no number for an extension's codeunit.",
            f"Choose one from {NUMBERS.start:,} to {NUMBERS.stop - 1:,}.",
        )
    taken = next((codeunit for codeunit in registry.all_codeunits() if codeunit.number == number), None)
    if taken is not None:
        raise UsageError(
            f"The number {number} is that of “{taken.name}”.",
            f"Choose another one: {_free_number()} is free.",
            "Exists",
        )
    return number


def _free_number() -> int:
    taken = {codeunit.number for codeunit in registry.all_codeunits()}
    return next(number for number in range(FIRST_NUMBER, NUMBERS.stop) if number not in taken)
