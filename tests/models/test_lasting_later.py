"""Commits that wait for the disk together: they are there for everybody, and the first one after them waits again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from desktop.company import create_company
from desktop.sessions import permissions
from models.company import User
from models.customer import Customer
from models.database import close_company, connected, database
from models.lasting_later import lasting_later
from models.permission_edit import assign

FULL, NORMAL = 2, 1


@pytest.fixture(autouse=True)
def company(tmp_path: Path) -> Iterator[None]:
    create_company(tmp_path / "harbour.db", "Harbour Supply Ltd.", user_id="MARIA")
    yield
    close_company()


def _synchronous() -> int:
    return int(database.execute_sql("PRAGMA synchronous").fetchone()[0])


def _customers() -> int:
    with connected():
        return int(Customer.select().count())


def test_others_see_such_a_commit_at_once() -> None:
    with connected(), lasting_later():
        assert _synchronous() == NORMAL
        Customer.create(no="C1", name="Petersen")
        with ThreadPoolExecutor(1) as somebody:
            assert somebody.submit(_customers).result() == 1


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_commits_after_it_wait_for_the_disk_again_however_it_ends(error: type[BaseException] | None) -> None:
    with connected():
        with suppress(KeyboardInterrupt), lasting_later():
            if error is not None:
                raise error
        assert _synchronous() == FULL


def test_a_user_with_few_rights_may_be_the_one_who_works() -> None:
    with connected():
        User(user_id="ANNA").save(force_insert=True)
        assign("MARIA", "SUPER")
        assign("ANNA", "ORDER PROCESSOR")
    with permissions.enforced("ANNA"), connected(), lasting_later():
        assert _synchronous() == NORMAL
