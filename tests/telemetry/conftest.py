"""The events that were noted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.telemetry import event_file, events


@pytest.fixture
def noted(backdesk_home: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every event that this process writes during the test, in its order."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "_receivers", [seen.append])
    return seen


class Collector(ThreadingHTTPServer):
    """A real server that takes what OpenTelemetry sends.

    Attributes:
        received: the path and the body of each request.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[tuple[str, bytes]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the console."""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector to which programs send that this test starts."""
    server = Collector()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The events of one file."""
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def file_of(home: Path) -> Path:
    """Where the events of a Backdesk home are."""
    return home / "data" / "telemetry" / event_file.NAME
