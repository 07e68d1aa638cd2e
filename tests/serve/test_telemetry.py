"""What the server tells of itself: metrics that Prometheus reads, spans that OpenTelemetry takes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client.parser import text_string_to_metric_families

from polysense.errors import MissingDependency
from polysense.serve.telemetry import MIME, Metrics, build_tracer


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample by its name and labels."""
    return {
        (s.name, tuple(sorted(s.labels.items()))): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


def test_requests_are_counted_by_route(client: TestClient) -> None:
    """Answers and refusals, by the route as it is declared; and how long they took."""
    for _ in range(3):
        client.get("/api/libraries/main")
    client.get("/api/libraries/none")
    client.get("/nowhere")
    client.post("/api/libraries/main/search", json={"text": "moon"})
    answer = client.get("/metrics")
    assert answer.headers["content-type"] == MIME
    by_labels = samples(answer.text)

    def requests(method: str, route: str, status: str) -> float | None:
        return by_labels.get(
            (
                "polysense_http_requests_total",
                (("method", method), ("route", route), ("status", status)),
            )
        )

    assert requests("GET", "/api/libraries/{library}", "200") == 3
    assert requests("GET", "/api/libraries/{library}", "404") == 1
    assert requests("GET", "other", "404") == 1
    assert requests("POST", "/api/libraries/{library}/search", "200") == 1
    assert by_labels[("polysense_http_active", ())] == 1  # this one
    assert (
        by_labels[
            (
                "polysense_http_seconds_count",
                (("method", "GET"), ("route", "/api/libraries/{library}")),
            )
        ]
        == 4
    )
    assert any(
        name == "polysense_stage_seconds_count" and labels == (("stage", "search"),)
        for name, labels in by_labels
    )


@pytest.fixture
def spans() -> Iterator[tuple[trace.Tracer, InMemorySpanExporter]]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider.get_tracer("test"), exporter
    provider.shutdown()


def test_each_stage_is_a_span(spans: tuple[trace.Tracer, InMemorySpanExporter]) -> None:
    """One after the other, inside the question's own, as long as they took."""
    span_tracer, exporter = spans
    Metrics(span_tracer).observe_stages("ask", {"encode": 2.0, "search": 30.0, "total": 40.0})
    by_name = {s.name: s for s in exporter.get_finished_spans()}
    assert set(by_name) == {"polysense.ask", "polysense.encode", "polysense.search"}
    whole, encode, search = (by_name[f"polysense.{n}"] for n in ("ask", "encode", "search"))
    assert encode.parent is not None
    assert encode.parent.span_id == whole.context.span_id
    assert [(s.end_time or 0) - (s.start_time or 0) for s in (whole, encode, search)] == [
        40_000_000,
        2_000_000,
        30_000_000,
    ]
    assert encode.end_time == search.start_time
    assert whole.start_time == encode.start_time


def test_stages_without_a_total_are_their_sum(
    spans: tuple[trace.Tracer, InMemorySpanExporter],
) -> None:
    """Not every question tells it."""
    span_tracer, exporter = spans
    Metrics(span_tracer).observe_stages("search", {"encode": 2.0, "search": 3.0})
    whole = next(
        s
        for s in exporter.get_finished_spans()
        if s.name == "polysense.search" and s.parent is None
    )
    assert (whole.end_time or 0) - (whole.start_time or 0) == 5_000_000


def test_nothing_is_sent_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No collector, no tracer of ours."""
    assert build_tracer({}) is None
    assert build_tracer({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}) is None


def test_spans_go_to_the_collector_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the variables of OpenTelemetry, over HTTP: a real one hears of a question."""
    pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="needs polysense[trace]")
    has_come = threading.Event()
    bodies: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(
                self.path.encode() + b" " + self.rfile.read(int(self.headers["content-length"]))
            )
            self.send_response(200)
            self.end_headers()
            has_come.set()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv(
            "OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}"
        )
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        span_tracer = build_tracer()
        assert span_tracer is not None
        Metrics(span_tracer).observe_stages("ask", {"encode": 2.0, "total": 3.0})
        assert has_come.wait(20)
        span_tracer.span_processor.shutdown()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()
    assert bodies[0].startswith(b"/v1/traces ")
    assert b"polysense.encode" in bodies[0] or b"\x1f\x8b" in bodies[0]


def test_without_the_package_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server works as ever; who asks for its metrics hears what to install."""
    monkeypatch.setattr("polysense.serve.telemetry.find_spec", lambda name: None)
    metrics = Metrics()
    metrics.request_started()
    metrics.request_ended("GET", "/", 200, 0.1)
    metrics.observe_stages("search", {"encode": 1.0, "total": 2.0})
    with pytest.raises(MissingDependency) as error:
        metrics.text()
    assert "polysense[metrics]" in error.value.hint
