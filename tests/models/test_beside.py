"""A connection beside the thread's own: it reads what is committed, writes nothing, and has the same rights."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop.company import create_company
from desktop.sessions import permissions
from models.beside import reading_beside
from models.company import User
from models.customer import Customer
from models.database import close_company, connected, database, open_company
from models.permission_edit import assign
from models.permissions import Permission, PermissionSet
from models.private_copy import copy_to, working_on


@pytest.fixture(autouse=True)
def company(tmp_path: Path) -> Iterator[Path]:
    yield create_company(tmp_path / "harbour #1.db", "Harbour Supply Ltd.", user_id="MARIA")
    close_company()


def _customers(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT COUNT(*) FROM customer").fetchone()[0])


def test_another_thread_sees_what_is_committed_and_nothing_before() -> None:
    with connected(), reading_beside([]) as beside, ThreadPoolExecutor(1) as other:
        with database.atomic():
            Customer.create(no="C1", name="Petersen")
            assert other.submit(_customers, beside).result() == 0
        assert other.submit(_customers, beside).result() == 1


def test_it_writes_nothing() -> None:
    with connected(), reading_beside([]) as beside, pytest.raises(sqlite3.OperationalError, match="readonly"):
        beside.execute("DELETE FROM customer")


def test_it_reads_the_copy_where_the_thread_works_on_one(tmp_path: Path) -> None:
    with connected():
        copy_to(tmp_path / "copy.db", lambda _done, _total: None)
    with working_on(tmp_path / "copy.db"):
        Customer.create(no="C1", name="Petersen")
        with reading_beside([]) as beside:
            assert _customers(beside) == 1
    with connected(), reading_beside([]) as beside:
        assert _customers(beside) == 0


def test_it_finds_a_file_whose_name_is_no_text(company: Path, tmp_path: Path) -> None:
    """As of a name that another computer has written in an old encoding."""
    close_company()
    if sys.platform == "linux":  # where names are bytes
        company = company.rename(tmp_path / os.fsdecode(b"Fl\xe4che 50%25.db"))
    open_company(company)
    with connected(), reading_beside([]) as beside:
        assert _customers(beside) == 0


def test_what_the_user_may_not_read_is_refused_but_for_the_program_s_own_tables() -> None:
    with connected():
        User(user_id="ANNA").save(force_insert=True)
        assign("MARIA", "SUPER")
        PermissionSet.create(code="CUSTOMERS ONLY")
        Permission.create(set_code="CUSTOMERS ONLY", object_name="customer", may_read=True)
        assign("ANNA", "CUSTOMERS ONLY")
    with permissions.enforced("ANNA"), connected(), reading_beside(["import_run"]) as beside:
        assert _customers(beside) == 0
        assert beside.execute("SELECT id FROM import_run").fetchall() == []
        with pytest.raises(sqlite3.DatabaseError, match="vendor"):
            beside.execute("SELECT no FROM vendor")
