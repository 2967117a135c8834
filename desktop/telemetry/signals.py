"""Events as OpenTelemetry's traces, metrics and logs. Imported only where OpenTelemetry is configured.

Each event is a log record; each run that ended is a span, from its start to its end; how many there were, how long
they took and how late they began are metrics. The trace of a run is its scheduled task, so its attempts stand
together in one trace, whichever processes they ran in.
"""

from __future__ import annotations

import hashlib
import os
import platform
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.context import Context
from opentelemetry.sdk._logs import LoggerProvider, LogRecordProcessor
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from desktop.telemetry.kinds import ENDS, Event

SCOPE: Final = "backdesk"
PREFIX: Final = "backdesk."
FLUSH_MS: Final = 5_000

_SEVERITY: Final = {
    Event.PROGRESS: SeverityNumber.DEBUG,
    Event.FAILED: SeverityNumber.WARN,
    Event.RESCUED: SeverityNumber.WARN,
    Event.EXPIRED: SeverityNumber.WARN,
    Event.TASK_RETRIED: SeverityNumber.WARN,
    Event.FAILED_FOR_THE_LAST_TIME: SeverityNumber.ERROR,
}
_SPANS: Final = ENDS - {Event.FAILED_FOR_THE_LAST_TIME}  # it comes with the last attempt's “failed”
_COUNTED_BY: Final = ("object_name", "category", "company")


class _RunIds(IdGenerator):
    """Gives a span the trace and number that belong to its run."""

    def __init__(self) -> None:
        self.trace_id = 0
        self.span_id = 0

    def generate_span_id(self) -> int:
        return self.span_id

    def generate_trace_id(self) -> int:
        return self.trace_id


class Signals:
    """Hands events over to OpenTelemetry; for one thread.

    Args:
        spans, logs, metrics: where they go.
    """

    def __init__(self, spans: SpanProcessor, logs: LogRecordProcessor, metrics: MetricReader) -> None:
        resource = _resource()
        self._ids = _RunIds()
        self._traces = TracerProvider(resource=resource, id_generator=self._ids, shutdown_on_exit=False)
        self._traces.add_span_processor(spans)
        self._logs = LoggerProvider(resource=resource, shutdown_on_exit=False)
        self._logs.add_log_record_processor(logs)
        self._metrics = MeterProvider([metrics], resource=resource, shutdown_on_exit=False)
        self._tracer = self._traces.get_tracer(SCOPE)
        self._logger = self._logs.get_logger(SCOPE)
        meter = self._metrics.get_meter(SCOPE)
        self._events = meter.create_counter(f"{PREFIX}events", "{event}", "What happened to jobs and tasks")
        self._duration = meter.create_histogram(f"{PREFIX}run.duration", "s", "How long a run took")
        self._delay = meter.create_histogram(
            f"{PREFIX}run.delay", "s", "How much later than planned it began"
        )

    def tell(self, noted: dict[str, Any]) -> None:
        """Hand over one event."""
        event = Event(noted["event"])
        attributes = {PREFIX + name: value for name, value in noted.items() if name not in ("time", "event")}
        self._ids.trace_id, self._ids.span_id = _ids_of(noted)
        self._logger.emit(
            LogRecord(
                timestamp=_nanoseconds(noted["time"]),
                context=self._run_context(),
                severity_text=_SEVERITY.get(event, SeverityNumber.INFO).name,
                severity_number=_SEVERITY.get(event, SeverityNumber.INFO),
                body=_sentence(noted),
                attributes=attributes,
                event_name=PREFIX + event.value.replace(" ", "_"),
            )
        )
        counted = {PREFIX + name: noted[name] for name in _COUNTED_BY if name in noted}
        self._events.add(1, {**counted, f"{PREFIX}event": event.value})
        if event is Event.STARTED and "delay_ms" in noted:
            self._delay.record(noted["delay_ms"] / 1000, counted)
        if event in _SPANS and "started_at" in noted:
            self._duration.record(noted["duration_ms"] / 1000, {**counted, f"{PREFIX}event": event.value})
            self._tell_span(event, noted, attributes)

    def flush(self) -> None:
        """Send what was handed over; waits 5 seconds at most for each of the three."""
        self._traces.force_flush(FLUSH_MS)
        self._logs.force_flush(FLUSH_MS)
        self._metrics.force_flush(FLUSH_MS)

    def close(self) -> None:
        """Send what is left, and end."""
        self._traces.shutdown()
        self._logs.shutdown()
        self._metrics.shutdown()

    def _run_context(self) -> Context:
        run = SpanContext(self._ids.trace_id, self._ids.span_id, False, TraceFlags(TraceFlags.SAMPLED))
        return trace.set_span_in_context(trace.NonRecordingSpan(run), Context())

    def _tell_span(self, event: Event, noted: dict[str, Any], attributes: dict[str, Any]) -> None:
        start = _nanoseconds(noted["started_at"])
        span = self._tracer.start_span(
            f"run {noted.get('object_name', 'task')}",
            context=Context(),
            kind=SpanKind.CONSUMER,
            attributes=attributes,
            start_time=start,
        )
        if event is Event.FAILED:
            span.set_status(Status(StatusCode.ERROR, str(noted.get("error", ""))))
        span.end(start + noted["duration_ms"] * 1_000_000)


def over_http() -> Signals:
    """Signals that go where OpenTelemetry's own environment variables say.

    Raises:
        ImportError: the optional extra is not installed.
    """
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return Signals(
        BatchSpanProcessor(OTLPSpanExporter()),
        BatchLogRecordProcessor(OTLPLogExporter()),
        PeriodicExportingMetricReader(OTLPMetricExporter()),
    )


def _resource() -> Resource:
    # Each process counts for itself, so each is an instance of its own.
    own = {"service.instance.id": f"{platform.node()}-{os.getpid()}", "host.name": platform.node()}
    if not os.environ.get("OTEL_SERVICE_NAME"):
        own["service.name"] = "backdesk"
    return Resource.create(own)


def _ids_of(noted: dict[str, Any]) -> tuple[int, int]:
    named = noted.get("task_id") or noted.get("entry_id") or ""
    try:
        trace_id = uuid.UUID(named).int
    except ValueError:
        trace_id = uuid.uuid4().int
    attempt = f"{trace_id}:{noted.get('attempt', 0)}:{noted.get('started_at', '')}"
    span_id = int.from_bytes(hashlib.blake2b(attempt.encode(), digest_size=8).digest(), "big")
    return trace_id or 1, span_id or 1


def _sentence(noted: dict[str, Any]) -> str:
    what = noted.get("description") or noted.get("object_name") or noted.get("task_id") or "A task"
    return f"{what}: {noted['event']}"


def _nanoseconds(stored: str) -> int:
    moment = datetime.fromisoformat(stored.replace("Z", "+00:00"))
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1) * 1_000
