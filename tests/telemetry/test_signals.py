"""What OpenTelemetry is given: a log record for each event, a span for each run, and figures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry._logs import SeverityNumber
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from desktop.telemetry import export
from desktop.telemetry.signals import Signals
from tests.telemetry.conftest import Collector, collector
from tests.waiting import WAIT

__all__ = ["collector"]

TASK = "0123456789abcdef0123456789abcdef"
RUN: dict[str, Any] = {
    "company": "harbour",
    "entry_id": "f" * 32,
    "task_id": TASK,
    "object_name": "process_import",
    "description": "Nightly prices",
    "category": "PRICES",
    "attempt": 1,
    "user_id": "MARIA",
    "started_at": "2026-11-20T02:00:01.000Z",
}
STARTED = {**RUN, "event": "started", "time": "2026-11-20T02:00:01.010Z", "delay_ms": 1_000}
FAILED = {
    **RUN,
    "event": "failed",
    "time": "2026-11-20T02:00:03.000Z",
    "duration_ms": 2_000,
    "error": "The price list is locked.",
}
FINISHED = {
    **RUN,
    "event": "finished",
    "attempt": 2,
    "time": "2026-11-20T02:05:04.000Z",
    "started_at": "2026-11-20T02:05:01.000Z",
    "duration_ms": 3_000,
}


class _Memory:
    def __init__(self) -> None:
        self.spans = InMemorySpanExporter()
        self.logs = InMemoryLogRecordExporter()
        self.metrics = InMemoryMetricReader()
        self.signals = Signals(
            SimpleSpanProcessor(self.spans), SimpleLogRecordProcessor(self.logs), self.metrics
        )

    def points(self, name: str) -> list[Any]:
        data: Any = self.metrics.get_metrics_data()
        return [
            point
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


@pytest.fixture
def memory() -> Iterator[_Memory]:
    memory = _Memory()
    yield memory
    memory.signals.close()


def test_the_attempts_of_a_run_are_spans_of_one_trace(memory: _Memory) -> None:
    for noted in (STARTED, FAILED, FINISHED):
        memory.signals.tell(noted)
    failed, finished = memory.spans.get_finished_spans()
    assert failed.context is not None
    assert finished.context is not None
    assert failed.context.trace_id == finished.context.trace_id == int(TASK, 16)
    assert failed.context.span_id != finished.context.span_id
    assert (failed.name, failed.status.status_code) == ("run process_import", StatusCode.ERROR)
    assert failed.status.description == "The price list is locked."
    assert finished.status.status_code is StatusCode.UNSET
    assert finished.start_time is not None
    assert finished.end_time == finished.start_time + 3_000_000_000
    assert finished.attributes is not None
    assert finished.attributes["backdesk.attempt"] == 2
    assert finished.attributes["backdesk.user_id"] == "MARIA"


def test_every_event_is_a_log_record_in_the_trace_of_its_run(memory: _Memory) -> None:
    memory.signals.tell(STARTED)
    memory.signals.tell(FAILED)
    memory.signals.tell({**FAILED, "event": "failed for the last time"})
    records = [item.log_record for item in memory.logs.get_finished_logs()]
    assert [record.event_name for record in records] == [
        "backdesk.started",
        "backdesk.failed",
        "backdesk.failed_for_the_last_time",
    ]
    assert [record.severity_number for record in records] == [
        SeverityNumber.INFO,
        SeverityNumber.WARN,
        SeverityNumber.ERROR,
    ]
    span = memory.spans.get_finished_spans()[0]
    assert span.context is not None
    assert records[1].span_id == span.context.span_id
    assert records[0].body == "Nightly prices: started"
    assert len(memory.spans.get_finished_spans()) == 1


def test_counts_durations_and_delays_are_metrics(memory: _Memory) -> None:
    for noted in (STARTED, FAILED, FINISHED):
        memory.signals.tell(noted)
    counts = {point.attributes["backdesk.event"]: point.value for point in memory.points("backdesk.events")}
    assert counts == {"started": 1, "failed": 1, "finished": 1}
    durations = {
        point.attributes["backdesk.event"]: point.sum for point in memory.points("backdesk.run.duration")
    }
    assert durations == {"failed": 2.0, "finished": 3.0}
    delay = memory.points("backdesk.run.delay")[0]
    assert (delay.sum, delay.attributes["backdesk.category"]) == (1.0, "PRICES")


def test_an_event_of_a_task_without_an_entry_is_told_too(memory: _Memory) -> None:
    memory.signals.tell({"event": "task removed", "time": "2026-11-20T02:00:01.010Z", "task_id": "not an id"})
    assert memory.logs.get_finished_logs()[0].log_record.body == "not an id: task removed"


def test_a_program_that_names_a_collector_sends_it_all_three_before_it_ends(collector: Collector) -> None:
    code = f"""
from desktop.telemetry.events import Event, note
note(Event.FINISHED, task_id="{TASK}", object_name="x", started_at="2026-11-20T02:00:01.000Z")
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=WAIT)
    assert {path for path, _ in collector.received} == {"/v1/traces", "/v1/logs", "/v1/metrics"}


def test_nothing_of_opentelemetry_is_loaded_where_it_is_not_configured(backdesk_home: Path) -> None:
    code = """
import sys
from desktop.telemetry.events import Event, note
note(Event.FINISHED, task_id="1")
sys.exit(any(name.startswith("opentelemetry") for name in sys.modules))
"""
    subprocess.run(
        [sys.executable, "-c", code], env={"BACKDESK_HOME": str(backdesk_home)}, check=True, timeout=WAIT
    )


def test_it_is_configured_by_its_own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not export.is_configured()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:4318/v1/traces")
    assert export.is_configured()
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert not export.is_configured()
