"""Metrics for Prometheus; spans for OpenTelemetry where a collector is named. No more is sent."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from importlib.util import find_spec

from opentelemetry import trace
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from polysense.errors import MissingDependency

MIME = "text/plain; version=0.0.4; charset=utf-8"
ENDPOINT_VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""Variables of the OpenTelemetry specification; where one is set, spans go there over HTTP."""

_BUCKETS = (  # seconds: from a cached answer to a slow film
    0.002,
    0.005,
    0.01,
    0.02,
    0.05,
    0.1,
    0.2,
    0.5,
    1.0,
    2.0,
    5.0,
    10.0,
    30.0,
)
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"})


class Metrics:
    """Counts and times of one server, where prometheus-client is installed; its spans go where
    `tracer` sends them.
    """

    def __init__(self, tracer: trace.Tracer | None = None) -> None:
        self._tracer = tracer or trace.get_tracer("polysense")
        self._series = _Series() if find_spec("prometheus_client") else None

    def text(self) -> bytes:
        """As Prometheus reads them. Raises MissingDependency where nothing counts."""
        if self._series is None:
            raise MissingDependency(
                "nothing here counts requests", "Install it: pip install 'polysense[metrics]'"
            )
        return self._series.text()

    def request_started(self) -> None:
        """Count a request that is being worked on."""
        if self._series is not None:
            self._series.active.inc()

    def request_ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one that was answered."""
        if self._series is not None:
            self._series.active.dec()
            self._series.requests.labels(method, route, str(status)).inc()
            self._series.seconds.labels(method, route).observe(seconds)

    def observe_stages(self, kind: str, timings_ms: Mapping[str, float]) -> None:
        """Count the stages of a question that just ended, and trace each as a span.

        They came one after the other.
        """
        total = timings_ms.get("total", sum(v for k, v in timings_ms.items() if k != "total"))
        started_at = question_started_at = time.time_ns() - int(total * 1e6)
        question_span = self._tracer.start_span(f"polysense.{kind}", start_time=question_started_at)
        for stage, milliseconds in timings_ms.items():
            if self._series is not None:
                self._series.stages.labels(stage).observe(milliseconds / 1000)
            if stage != "total":
                span = self._tracer.start_span(
                    f"polysense.{stage}",
                    trace.set_span_in_context(question_span),
                    start_time=started_at,
                )
                started_at += int(milliseconds * 1e6)
                span.end(started_at)
        question_span.end(max(started_at, question_started_at + int(total * 1e6)))


class _Series:
    """What Prometheus reads."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "polysense_http_requests",
            "HTTP requests answered",
            ["method", "route", "status"],
            registry=registry,
        )
        self.seconds = Histogram(
            "polysense_http_seconds",
            "Time until an answer was whole",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self.active = Gauge("polysense_http_active", "Requests worked on now", registry=registry)
        self.stages = Histogram(
            "polysense_stage_seconds",
            "Time in each stage of questions",
            ["stage"],
            buckets=_BUCKETS,
            registry=registry,
        )

    def text(self) -> bytes:
        from prometheus_client import generate_latest

        return generate_latest(self._registry)


class MetricsMiddleware:
    """ASGI: counts every request by its route, never by its path, which anyone can make up."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_at, status = time.perf_counter(), 500

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.request_started()
        try:
            await self._app(scope, receive, send_observed)
        finally:
            route = getattr(scope.get("route"), "path", "") or "other"
            method = scope["method"] if scope["method"] in _METHODS else "other"
            seconds = time.perf_counter() - started_at
            self._metrics.request_ended(method, route, status, seconds)


def build_tracer(environment: Mapping[str, str] = os.environ) -> trace.Tracer | None:
    """Sends spans to the collector that the variables name; None where none is named.

    Raises MissingDependency where nothing can send them.
    """
    if not any(environment.get(name) for name in ENDPOINT_VARIABLES):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as e:
        raise MissingDependency(
            "spans are to be sent, but nothing here can send them",
            "Install it: pip install 'polysense[trace]'",
        ) from e
    provider = TracerProvider(
        resource=Resource.create(
            {"service.name": environment.get("OTEL_SERVICE_NAME", "polysense")}
        )
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("polysense")
