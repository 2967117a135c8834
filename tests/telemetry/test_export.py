"""The thread that sends events: the work never waits for it, and its faults are told once."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from desktop.jobqueue import entries
from desktop.telemetry import export
from desktop.telemetry.export import Exporter
from models.database import close_company, open_company
from tests.telemetry.conftest import Collector, collector
from tests.waiting import WAIT

__all__ = ["collector"]


class _Sender:
    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.may_tell = threading.Event()
        self.may_tell.set()
        self.closed = False

    def tell(self, noted: dict[str, Any]) -> None:
        self.may_tell.wait(WAIT)
        if noted["event"] == "bad":
            raise ValueError("no such event")
        self.told.append(noted)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of this process gives its thread as long as a busy computer needs."""
    monkeypatch.setattr(export, "END_SECONDS", WAIT)


def test_what_waits_is_sent_before_the_program_ends() -> None:
    sender = _Sender()
    exporter = Exporter(sender)
    for number in range(5):
        exporter.receive({"event": "started", "number": number})
    exporter.close()
    assert [noted["number"] for noted in sender.told] == list(range(5))
    assert sender.closed


def test_one_bad_event_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    sender = _Sender()
    exporter = Exporter(sender)
    exporter.receive({"event": "bad"})
    exporter.receive({"event": "started"})
    exporter.close()
    assert [noted["event"] for noted in sender.told] == ["started"]
    assert "an event was not sent to OpenTelemetry" in caplog.text


def test_without_the_extra_it_says_what_to_install_and_works_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> export.Sender:
        raise ImportError("No module named 'opentelemetry'")

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
    with caplog.at_level(logging.WARNING):
        assert export.begin(missing) is None
    assert [record.getMessage() for record in caplog.records] == [
        "OpenTelemetry is configured, but not installed; install Backdesk with the extra “otel”"
    ]


def test_a_collector_that_does_not_answer_costs_events_and_never_waits(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(export, "MOST_WAITING", 3)
    sender = _Sender()
    sender.may_tell.clear()
    exporter = Exporter(sender)
    for number in range(10):
        exporter.receive({"event": "started", "number": number})
    sender.may_tell.set()
    exporter.close()
    assert len(sender.told) < 10
    assert "were not sent to OpenTelemetry" in caplog.text


def test_a_child_that_has_ended_its_job_sends_its_last_events_before_it_goes(
    backdesk_home: Path, tmp_path: Path, collector: Collector
) -> None:
    company = open_company(tmp_path / "harbour.db", create=True)
    entries.create_entry("Balances", "recalculate_balances", user_id="MARIA")
    close_company()
    ended = subprocess.run(
        [sys.executable, "-m", "desktop", "worker", "--until-idle", "--company", str(company)],
        capture_output=True,
        timeout=WAIT,
    )
    assert ended.returncode == 0, ended.stderr
    spans = b"".join(body for path, body in collector.received if path == "/v1/traces")
    assert b"run recalculate_balances" in spans
