"""What is sent to the service, how often, and what its refusals mean."""

from __future__ import annotations

import builtins
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from polysense.errors import (
    BadConfig,
    BadFilter,
    LibraryError,
    MissingDependency,
    ReadOnly,
    StorageFull,
)
from polysense.stores.azure import connection
from polysense.stores.azure.store import AzureSearch
from polysense.types import Asset, Chunk, Space, Span

from .service import ADMIN_KEY, QUERY_KEY, Service

SPACE = Space("all-MiniLM L6", "1", 2)


def chunk(n: int, text: str = "the moon") -> Chunk:
    asset = Asset(f"{n:032x}", f"/a/{n}.txt", "text/plain", "text", n)
    return Chunk(asset, Span(page=1), "text", text=text)


def unit(*rows: tuple[float, float]) -> np.ndarray:
    return np.asarray(rows, np.float32)


def sent(service: Service, what: str) -> list[object]:
    return [value for _, path, value in service.requests if path.endswith(what)]


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is imported before it is needed; then what is missing is named."""
    real = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name.split(".")[0] == "azure":
            raise ImportError(name)
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependency) as e:
        AzureSearch(path="papers/kb").count()
    assert "pip install 'polysense[azure]'" in e.value.hint


def test_importing_it_imports_no_client() -> None:
    """The client is imported when it is first asked."""
    code = (
        "import sys, polysense.stores.azure.store;"
        "print(sorted({'azure', 'requests', 'sqlglot'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_key_that_is_not_set_is_said(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is sent; another variable may hold it."""
    monkeypatch.delenv("AZURE_SEARCH_API_KEY")
    with pytest.raises(BadConfig, match="AZURE_SEARCH_API_KEY is not set"):
        AzureSearch(path=service.path()).count()
    assert not service.api_keys
    monkeypatch.setenv("OTHER", ADMIN_KEY)
    assert AzureSearch(path=service.path(options="&key=OTHER")).count() == 0


def test_a_wrong_key_is_said_and_not_shown(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In no message, hint or log, also of a request that is right."""
    caplog.set_level(logging.DEBUG)
    AzureSearch(path=service.path()).count()
    monkeypatch.setenv("AZURE_SEARCH_API_KEY", "wrong-key-of-the-tests")
    with pytest.raises(ReadOnly, match="does not accept the key") as e:
        AzureSearch(path=service.path()).count()
    assert "AZURE_SEARCH_API_KEY" in e.value.hint
    said_text = str(e.value) + e.value.hint + str(e.value.__cause__) + caplog.text
    assert "key-of-the-tests" not in said_text


def test_a_query_key_searches_and_does_not_write(
    store: AzureSearch, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading needs no more than the right to query."""
    store.add([chunk(1)])
    store.add_vectors(SPACE, [chunk(1)], unit((1, 0)))
    monkeypatch.setenv("AZURE_SEARCH_API_KEY", QUERY_KEY)
    reader = AzureSearch(path=service.path())
    assert (reader.count(), reader.missing(SPACE)) == (1, [])
    assert reader.lexical("moon", 5)[0].id == reader.nearest(SPACE, unit((1, 0))[0], 5)[0].id
    with pytest.raises(ReadOnly, match="not for this") as e:
        reader.add([chunk(2)])
    assert "admin key" in e.value.hint


def test_a_service_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens: LibraryError with the address."""
    monkeypatch.setenv("AZURE_SEARCH_API_KEY", "k")
    with pytest.raises(LibraryError, match=r"127\.0\.0\.1:9 does not answer"):
        AzureSearch(path="papers/kb?endpoint=http://127.0.0.1:9").count()


@pytest.fixture
def other_server() -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        location: str

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_POST(self) -> None:
            if not self.path.startswith("/moved"):
                self.send_error(404)
                return
            self.send_response(307)
            self.send_header("Location", f"{self.location}{self.path.removeprefix('/moved')}")
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_another_server_is_no_empty_library(
    other_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What knows of no indexes at all is no search service."""
    monkeypatch.setenv("AZURE_SEARCH_API_KEY", "k")
    with pytest.raises(LibraryError, match="no search service"):
        AzureSearch(path=f"papers/kb?endpoint={other_server}").count()


def test_the_key_follows_no_redirection(
    other_server: str, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that sends its callers elsewhere does not send them there with the key."""
    monkeypatch.setattr(SimpleHTTPRequestHandler, "location", service.endpoint, raising=False)
    with pytest.raises(LibraryError):
        AzureSearch(path=f"moved/kb?endpoint={other_server}/moved").count()
    assert not service.api_keys


def test_a_busy_service_is_asked_again(
    store: AzureSearch, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests that it refuses, and documents that it refuses in one that it takes; not for ever."""
    monkeypatch.setattr(connection, "MAX_BACKOFF_SECONDS", 0.01)
    service.busy = 3
    service.busy_documents = 2
    store.add([chunk(n) for n in range(3)])
    service.busy = 2
    assert store.count() == 3
    service.busy = 100
    with pytest.raises(LibraryError, match="too busy"):
        store.count()
    assert 100 - service.busy == connection.RETRIES + 1
    service.busy = 0
    service.busy_documents = 10_000
    with pytest.raises(LibraryError, match="too busy"):
        store.add([chunk(9)])


def test_reads_see_what_their_process_wrote(
    store: AzureSearch, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service shows it 0.3 s later: reads wait, for additions, changes and deletions alike."""
    service.delay = 0.3
    store.add([chunk(1), chunk(2)])
    store.add_vectors(SPACE, [chunk(1)], unit((1, 0)))
    assert store.count() == 2
    assert [m.id for m in store.nearest(SPACE, unit((1, 0))[0], 5)] == [chunk(1).id]
    store.add([chunk(1, "the tide")])
    assert store.lexical("tide", 5)[0].id == chunk(1).id
    store.delete([chunk(1).asset.id])
    assert store.get([chunk(1).id, chunk(2).id]).keys() == {chunk(2).id}
    assert store.missing(SPACE) == [chunk(2).id]


def test_reads_do_not_wait_for_ever(
    store: AzureSearch, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the service does not show it in time, they say what it shows, and wait no second time."""
    monkeypatch.setattr(connection, "SETTLE_SECONDS", 0.3)
    service.delay = 30.0
    store.add([chunk(1)])
    assert store.count() == 0
    began = time.monotonic()
    assert store.count() == 0
    assert time.monotonic() - began < 0.3


def test_more_than_one_request_holds(store: AzureSearch, service: Service) -> None:
    """Writes, scans, lists of ids and results come in pieces, and nothing is lost between them."""
    chunks = [chunk(n, f"moon word{n}") for n in range(2300)]
    store.add(chunks)
    store.add_vectors(SPACE, chunks, np.tile(unit((1, 0)), (2300, 1)))
    assert [len(v["value"]) for v in sent(service, "search.index")] == [1000, 1000, 300] * 2  # type: ignore[index]
    ids = {c.id for c in chunks}
    assert {r["id"] for r in store.scan("", ["id"])} == ids
    assert len(store.get(sorted(ids))) == 2300
    assert len(store.lexical("moon", 1500)) == 1500
    assert {m.id for m in store.nearest(SPACE, unit((1, 0))[0], 2300)} == ids
    assert len(store.vectors(SPACE, sorted(ids))) == 2300
    # a condition that is evaluated here, over ids in several requests
    assert len(store.nearest(SPACE, unit((1, 0))[0], 3000, "name LIKE '%1.txt'")) == 230
    assert store.count("name LIKE '%.txt'") == 2300
    skips = [v.get("skip", 0) for v in sent(service, "post.search")]  # type: ignore[attr-defined]
    assert max(skips) < 3000
    store.delete([c.asset.id for c in chunks[:2200]])
    assert store.count() == 100


def test_an_index_that_is_there_keeps_what_its_owner_set(
    store: AzureSearch, service: Service
) -> None:
    """It gets the fields that it lacks, and all else stays."""
    name = store.address.chunks_index
    store.add([chunk(1)])
    index = service.indexes[name]
    fields = [f for f in index.definition["fields"] if f["name"] != "line"]
    other = {"name": "mine", "type": "Edm.String", "filterable": True}
    index.definition = index.definition | {"fields": [*fields, other]}
    index.fields = {f["name"]: f for f in index.definition["fields"]}
    newer = AzureSearch(path=service.path())
    newer.add([chunk(2)])
    assert {"line", "mine"} <= set(service.indexes[name].fields)
    puts = [path for method, path, _ in service.requests if method == "PUT"]
    newer.add([chunk(3)])
    assert puts == [path for method, path, _ in service.requests if method == "PUT"]
    assert newer.count() == 3


def test_an_index_of_another_form_is_refused(store: AzureSearch, service: Service) -> None:
    """By the space's name, with the command that makes it anew."""
    store.add_vectors(SPACE, [chunk(1)], unit((1, 0)))
    with pytest.raises(LibraryError, match="2 dimensions") as e:
        AzureSearch(path=service.path()).add_vectors(
            Space(SPACE.name, "2", 3), [chunk(1)], np.ones((1, 3), np.float32)
        )
    assert "reindex" in e.value.hint


def test_an_index_that_another_process_deleted_is_made_anew(
    store: AzureSearch, service: Service
) -> None:
    """A write after that finds none, and makes one; a question finds nothing."""
    store.add([chunk(1)])
    service.indexes.clear()
    assert (store.count(), list(store.scan())) == (0, [])
    store.forget("x", ["y"])
    store.add([chunk(2)])
    assert store.count() == 1


def test_what_the_service_refuses_is_said(store: AzureSearch) -> None:
    """In its words, as an error of the filter where it is one."""
    store.add([chunk(1)])
    with pytest.raises(BadFilter, match="too many clauses"):
        store.count(" OR ".join(f"page = {n}" for n in range(3001)))
    assert type(store._error(400, "Index quota has been exceeded.")) is StorageFull
    assert "status 500" in str(store._error(500, ""))
