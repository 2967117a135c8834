"""The example on the page about post-processing does what the page says."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.codeunits import registry
from desktop.codeunits.registry import Codeunit
from desktop.imports import service
from desktop.imports.afterwards import post_processing
from models.customer import Customer
from models.database import connected
from models.integration import Integration
from tests.imports import due_jobs

PAGE = Path(__file__).resolve().parents[2] / "docs" / "post-processing.md"


@pytest.fixture
def example() -> Iterator[str]:
    """The codeunit of the page, registered."""
    source = PAGE.read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    module = types.ModuleType("example_of_the_page")
    exec(compile(source, str(PAGE), "exec"), vars(module))
    sys.modules[module.__name__] = module
    registry.register(Codeunit(99_003, "welcome", "Welcome", module.__name__))
    yield "welcome"
    registry.unregister("welcome")
    del sys.modules[module.__name__]


def test_the_example_takes_what_it_may_and_says_of_the_rest_why(
    example: str, importer: Any, write: Any, query: Any
) -> None:
    with connected():
        Customer.create(no="C1", name="Old", blocked="All")
        Integration.update(post_processing_codeunit=example).where(Integration.code == "CUSTOMERS").execute()
    run_id = importer.read(write("No.,Name\nC1,Miller\nC2,Smith\n"))
    service.start_processing(run_id, "ANNA")
    [job] = due_jobs.run_all()
    assert job.result_text == "1 record created, 1 record updated, 1 welcomed, 1 error"
    assert query("SELECT no, contact FROM customer ORDER BY no") == [("C1", ""), ("C2", "Dear customer")]
    assert query("SELECT error_message, error_hint FROM post_process_entry WHERE status = 'Error'") == [
        ("Customer C1 is blocked.", "Unblock the customer, then choose Retry.")
    ]
    assert post_processing.counts(run_id).completed == 1
