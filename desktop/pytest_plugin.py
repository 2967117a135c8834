"""Fixtures for tests of jobs, in an extension's own tests too: `pytest_plugins = ["desktop.pytest_plugin"]`.

Only pytest loads this module; it needs no window. See docs/writing-jobs.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop import testing
from desktop.codeunits import registry
from desktop.company import create_company
from desktop.extensions import Extension
from desktop.extensions.loader import forget_extensions
from desktop.extensions.tables import make_tables
from desktop.imports.integrations import targets
from desktop.imports.summary import ImportSummary
from desktop.testing import JobRun
from models.database import close_company


@pytest.fixture
def job_extensions() -> Sequence[Extension]:
    """The extensions whose codeunits the test runs; override it to bring them, installed or not."""
    return ()


@pytest.fixture
def job_company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A company without any records but its set-up, open while the test runs; override it for one that has some."""
    monkeypatch.setenv("BACKDESK_HOME", str(tmp_path / "backdesk-home"))
    forget_extensions()  # those of another home
    company = create_company(tmp_path / "jobs.db", "Test company", user_id="TESTER")
    yield company
    close_company()
    forget_extensions()


@pytest.fixture
def run_job(job_company: Path, job_extensions: Sequence[Extension]) -> Iterator[Callable[..., JobRun]]:
    """A function that runs a codeunit as a job, to its end: `desktop.testing.run_job`."""
    with _brought(job_extensions):
        yield testing.run_job


@pytest.fixture
def import_file(
    job_company: Path, job_extensions: Sequence[Extension]
) -> Iterator[Callable[..., ImportSummary]]:
    """A function that imports a file, with its post-processing: `desktop.testing.import_file`."""
    with _brought(job_extensions):
        yield testing.import_file


@contextmanager
def _brought(extensions: Sequence[Extension]) -> Iterator[None]:
    """The codeunits and tables of the extensions, in the company that is open."""
    codeunits = [codeunit for extension in extensions for codeunit in extension.codeunits]
    tables = [target for extension in extensions for target in extension.tables]
    for codeunit in codeunits:
        registry.register(codeunit)
    for target in tables:
        targets.register(target)
        make_tables(target)
    yield
    for codeunit in codeunits:
        registry.unregister(codeunit.name)
    for target in tables:
        targets.unregister(target.name)
