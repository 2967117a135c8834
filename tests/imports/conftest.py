"""A company of the test's own, and short ways to write a file, read it, process it and look at what became of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from desktop.__main__ import main
from desktop.codeunits import registry
from desktop.codeunits.registry import Codeunit
from desktop.imports import service
from desktop.imports.integrations.definition import Choices
from desktop.imports.processing import process
from desktop.imports.summary import ImportSummary
from desktop.sessions.session import Session, SessionKind
from models.database import connected
from models.integration import Integration, IntegrationField, PostProcessingTrigger
from tests.companies import empty_company_of, opened_copy, rows

IMPORT_TABLES = (
    "import_run",
    "integration_record",
    "integration_record_status",
    "integration_record_error",
    "customer",
    "vendor",
    "item",
)


@pytest.fixture(scope="session")
def empty_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company without customers, made once; tests work on copies."""
    return empty_company_of("ANNA", tmp_path_factory.mktemp("company"))


@pytest.fixture
def company(empty_company: Path, tmp_path: Path) -> Iterator[Path]:
    """An open company of the test's own."""
    with opened_copy(empty_company, tmp_path) as path:
        yield path


def new_session(**values: Any) -> Session:
    """A background session of Anna's."""
    return Session(SessionKind.BACKGROUND, "ANNA", values.pop("parameters", {}), date(2026, 11, 21), **values)


@pytest.fixture
def session() -> Callable[..., Session]:
    """Makes sessions."""
    return new_session


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file: texts are written as UTF-8, bytes as they are."""

    def make(content: str | bytes, name: str = "customers.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


class Importer:
    """Reads and processes files in this process."""

    def read(
        self, path: Path, integration: str = "CUSTOMERS", lines: Path | None = None, **choices: Any
    ) -> int:
        return service.read(path, integration, new_session(), choices=Choices(**choices), lines_path=lines)

    def process(self, run_id: int, record_ids: list[int] | None = None, **values: Any) -> ImportSummary:
        return process(new_session(**values), run_id, record_ids)

    def __call__(self, path: Path, integration: str = "CUSTOMERS", **choices: Any) -> ImportSummary:
        return self.process(self.read(path, integration, **choices))

    def errors(self, run_id: int) -> list[tuple[int, str, str, str, str]]:
        """Line, column of the file, code, value and message of each error."""
        return rows(
            "SELECT r.line_no, e.source_column, e.code, e.value, e.message FROM integration_record_error AS e"
            " JOIN integration_record AS r ON r.id = e.record_id WHERE e.run_id = ? ORDER BY r.line_no, e.id",
            run_id,
        )

    def codes(self, run_id: int) -> list[tuple[int, str]]:
        """Line and code of each error."""
        return [(line, code) for line, _, code, _, _ in self.errors(run_id)]

    def staged(self, run_id: int) -> list[tuple[int, list[str]]]:
        """Line and cells of each staged row."""
        import json

        found = rows("SELECT line_no, payload FROM integration_record WHERE run_id = ? ORDER BY id", run_id)
        return [(line, json.loads(payload)) for line, payload in found]

    def record_ids(self, run_id: int) -> list[int]:
        return [
            row[0] for row in rows("SELECT id FROM integration_record WHERE run_id = ? ORDER BY id", run_id)
        ]


@pytest.fixture
def query(company: Path) -> Callable[..., list[Any]]:
    """Queries the company."""
    return rows


@pytest.fixture
def importer(company: Path) -> Importer:
    """Imports into the company."""
    return Importer()


@pytest.fixture
def contents(company: Path) -> Callable[[], dict[str, int]]:
    """How many rows each table has that an import may write."""

    def count() -> dict[str, int]:
        return {table: rows(f"SELECT COUNT(*) FROM {table}")[0][0] for table in IMPORT_TABLES}

    return count


@pytest.fixture
def add_up(company: Path) -> Callable[[int], ImportSummary]:
    """Checks that the counters of a run say what its statuses say, and add up to the rows that were staged."""

    def check(run_id: int) -> ImportSummary:
        counts = service.summary(run_id)
        found = dict(
            rows(
                "SELECT status, COUNT(*) FROM integration_record_status WHERE run_id = ? GROUP BY status",
                run_id,
            )
        )
        names = ("ready", "created", "updated", "unchanged", "errors", "excluded", "reversed")
        assert {name: found.get(number, 0) for number, name in enumerate(names)} == {
            name: getattr(counts, name) for name in names
        }
        assert counts.rows == sum(found.values())
        assert counts.rows == rows("SELECT COUNT(*) FROM integration_record WHERE run_id = ?", run_id)[0][0]
        in_error = rows(
            "SELECT COUNT(DISTINCT record_id) FROM integration_record_error WHERE run_id = ?", run_id
        )
        assert in_error[0][0] == counts.errors
        return counts

    return check


@pytest.fixture
def integration(company: Path) -> Callable[..., str]:
    """Makes an integration: fields as pairs of header and target field, or dicts of an IntegrationField's values."""

    def make(*fields: tuple[str, str] | dict[str, Any], code: str = "MINE", **values: Any) -> str:
        with connected():
            Integration.create(code=code, **({"target_table": "customer"} | values))
            for number, field in enumerate(fields, 1):
                told = (
                    field
                    if isinstance(field, dict)
                    else {"source_column": field[0], "target_field": field[1]}
                )
                IntegrationField.create(integration_code=code, field_no=number, **told)
        return code

    return make


@pytest.fixture
def post_processed(company: Path) -> Iterator[Callable[..., None]]:
    """Sets up what CUSTOMERS, or another integration, does after it has written; `greet` and `crash` are known."""
    for number, name in ((99_001, "greet"), (99_002, "crash")):
        registry.register(Codeunit(number, name, name, f"tests.imports.greeting:{name}"))

    def set_up(codeunit: str, trigger: PostProcessingTrigger, code: str = "CUSTOMERS", **values: Any) -> None:
        with connected():
            Integration.update(
                post_processing_codeunit=codeunit, post_processing_trigger=trigger, **values
            ).where(Integration.code == code).execute()

    yield set_up
    for name in ("greet", "crash"):
        registry.unregister(name)


@pytest.fixture
def closed_company(empty_company: Path, tmp_path: Path) -> Path:
    """A company that nobody has open."""
    path = tmp_path / "company.backdesk"
    shutil.copy(empty_company, path)
    return path


@pytest.fixture
def backdesk(closed_company: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command in this process: exit code, what it printed, what it complained about."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main([*map(str, words), "--company", str(closed_company)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
