"""Making a company, and opening the one a person means."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import peewee
import pytest

from desktop import company as room
from desktop import paths
from desktop import settings as settings_store
from desktop.clock import SYSTEM_CLOCK
from desktop.company import create_company, ensure_user, open_or_create, readable_name
from desktop.settings import Settings
from models.company import CompanyInformation, NumberSeries, User, next_number
from models.customer import Customer
from models.database import close_company, company_path, connected, database
from models.errors import CompanyError, FieldError
from models.integration import Integration
from models.lookups import Country, PaymentTerms, UnitOfMeasure

pytestmark = pytest.mark.usefixtures("closed")


def make(path: Path, name: str = "Förde Boats") -> Path:
    return create_company(path, name, user_id="MARIA")


def test_a_new_company_has_all_that_its_first_records_need(tmp_path: Path) -> None:
    path = make(tmp_path / "new" / "förde.db")
    assert path == company_path()
    with connected():
        information = CompanyInformation.get()
        assert (information.name, information.is_demo, information.currency_code) == (
            "Förde Boats",
            False,
            "EUR",
        )
        assert Country.select().count() == 249
        assert Country.get_by_id("GB").name == "United Kingdom"
        assert PaymentTerms.get_by_id("30D 2/10").discount_percent == 2
        assert UnitOfMeasure.get_by_id("PCS").description == "Piece"
        assert User.get_by_id("MARIA").full_name == "Maria"
        codes = {integration.code for integration in Integration.select()}
        assert {"CUSTOMERS", "ITEMS", "VENDORS", "NORTHWIND-CUSTOMERS"} <= codes
        assert Customer.select().count() == 0
        series = [row.code for row in NumberSeries.select().order_by(NumberSeries.code)]
        assert [next_number(code) for code in series] == ["C00001", "I00001", "SO000001", "V00001"]
    assert [file.name for file in path.parent.iterdir() if "-" not in file.name] == ["förde.db"]


def test_a_second_one_of_the_same_name_is_refused_and_the_first_stays(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db")
    close_company()
    before = path.read_bytes()
    with pytest.raises(CompanyError, match="exists already") as caught:
        make(path, "Another")
    assert caught.value.code == "Exists"
    assert path.read_bytes() == before


def test_a_name_that_is_none(tmp_path: Path) -> None:
    for name in ("", "  ", "x" * 101):
        with pytest.raises(FieldError):
            make(tmp_path / "a.db", name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(CompanyError) as caught:
        make(tmp_path)
    assert caught.value.code == "IsAFolder"


def test_a_place_where_no_folder_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CompanyError, match="No company can be made in") as caught:
        make(tmp_path / "file" / "a.db")
    assert caught.value.hint


def test_a_folder_that_may_not_be_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    with pytest.raises(CompanyError, match="Permission denied") as caught:
        create_company(tmp_path / "new.db", "New", user_id="MARIA")
    assert caught.value.code == "CannotOpen"


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (RuntimeError("a fault"), RuntimeError),
        (peewee.OperationalError("database or disk is full"), CompanyError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_a_company_that_fails_half_made_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException, raised: type[BaseException]
) -> None:
    from desktop.imports.integrations import defaults

    def fail() -> None:
        raise fault

    monkeypatch.setattr(defaults, "install_integrations", fail)
    with pytest.raises(raised):
        make(tmp_path / "folder" / "a.db")
    assert list((tmp_path / "folder").iterdir()) == []
    with pytest.raises(CompanyError, match="No company is open"):
        company_path()
    monkeypatch.undo()
    assert make(tmp_path / "folder" / "a.db").exists()


def test_a_disk_that_becomes_full_is_told_although_rolling_back_fails_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite rolls back by itself when the disk is full."""
    from desktop.imports.integrations import defaults

    def fill_the_disk() -> None:
        database.execute_sql("ROLLBACK")
        raise peewee.OperationalError("database or disk is full")

    monkeypatch.setattr(defaults, "install_integrations", fill_the_disk)
    with pytest.raises(CompanyError, match="is full") as caught:
        create_company(tmp_path / "new.db", "New", user_id="MARIA")
    assert caught.value.code == "DiskFull"
    assert list(tmp_path.iterdir()) == []


def test_two_programs_that_make_the_same_company_leave_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    fill = room._fill

    def other_is_faster(*args: object, **more: object) -> None:
        fill(*args, **more)
        path.write_bytes(b"the other's company")

    monkeypatch.setattr(room, "_fill", other_is_faster)
    with pytest.raises(CompanyError) as caught:
        make(path)
    assert caught.value.code == "Exists"
    assert path.read_bytes() == b"the other's company"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    assert make(tmp_path / "a.db").exists()


# --- which company is opened ---------------------------------------------------------------------


@pytest.fixture
def small_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo company without its data, which other tests look at."""
    from desktop.demo import harbour

    monkeypatch.setattr(harbour, "fill", lambda clock: None)


@pytest.mark.usefixtures("small_demo")
def test_the_first_start_makes_the_demo_company_and_the_next_one_opens_it() -> None:
    settings = Settings(user_id="jane.doe")
    path = open_or_create(None, settings)
    assert path == paths.demo_company()
    with connected():
        assert CompanyInformation.get().name == "Harbour Supply Ltd."
        assert User.get_by_id("JANE.DOE").full_name == "Jane Doe"
    assert settings_store.load().last_company == str(path)
    close_company()
    assert open_or_create(None, settings_store.load()) == path


def test_the_company_used_last_opens_and_a_new_person_may_work_in_it(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db")
    close_company()
    settings = Settings(last_company=str(path), user_id="LOTTE")
    assert open_or_create(None, settings) == path
    with connected():
        assert {user.user_id for user in User.select()} == {"MARIA", "LOTTE"}


def test_a_company_that_was_named_opens_and_is_remembered(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db")
    close_company()
    assert open_or_create(str(path), Settings(last_company="elsewhere.db")) == path
    assert settings_store.load().last_company == str(path)


def test_a_company_that_was_named_is_never_made_nor_replaced_by_another(tmp_path: Path) -> None:
    with pytest.raises(CompanyError) as caught:
        open_or_create(tmp_path / "missing.db", Settings())
    assert caught.value.code == "NotFound"
    assert not paths.demo_company().exists()


@pytest.mark.usefixtures("small_demo")
def test_the_company_used_last_is_gone(tmp_path: Path) -> None:
    assert open_or_create(None, Settings(last_company=str(tmp_path / "gone.db"))) == paths.demo_company()


def test_the_company_used_last_is_broken(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_text("not a company")
    with pytest.raises(CompanyError) as caught:
        open_or_create(None, Settings(last_company=str(tmp_path / "broken.db")))
    assert caught.value.code == "NotACompany"


@pytest.mark.usefixtures("small_demo")
def test_another_process_makes_the_demo_company_first(monkeypatch: pytest.MonkeyPatch) -> None:
    demo = paths.demo_company()

    def too_late(*args: object, **more: object) -> Path:
        monkeypatch.undo()
        create_company(demo, "Made first", user_id="OTHER")
        close_company()
        raise CompanyError("exists already", "", code="Exists")

    monkeypatch.setattr(room, "create_company", too_late)
    assert room._open_last(Settings(), SYSTEM_CLOCK) == demo
    with connected():
        assert CompanyInformation.get().name == "Made first"


def test_a_person_is_entered_once(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db")
    ensure_user("MARIA")
    ensure_user("LOTTE")
    ensure_user("LOTTE")
    close_company()
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT user_id FROM users ORDER BY 1").fetchall() == [("LOTTE",), ("MARIA",)]


@pytest.mark.parametrize(
    ("account", "name"),
    [
        ("MARIA", "Maria"),
        ("OFFICE\\JANE.DOE", "Jane Doe"),
        ("jan_van-dijk@example.com", "Jan Van Dijk"),
        ("...", "..."),
    ],
)
def test_a_readable_name(account: str, name: str) -> None:
    assert readable_name(account) == name
