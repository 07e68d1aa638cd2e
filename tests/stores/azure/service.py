"""A search service on this machine that speaks as much of Azure AI Search's REST API as a store
uses, by HTTP: it stores, searches, filters, counts, and refuses what the service refuses.
https://learn.microsoft.com/rest/api/searchservice
"""

from __future__ import annotations

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .index import Index
from .odata import Refusal

API_VERSION = "2026-04-01"
ADMIN_KEY, QUERY_KEY = "admin-key-of-the-tests", "query-key-of-the-tests"
MAX_BYTES = 16 * 1024 * 1024


class Service(ThreadingHTTPServer):
    """Listens at a free port. delay: seconds until an index shows what it took."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.indexes: dict[str, Index] = {}
        self.lock = threading.RLock()
        self.delay = 0.0
        self.busy = 0
        """So many requests from now on are refused with 429."""
        self.busy_documents = 0
        """So many documents from now on are refused with 503, in requests that are taken."""
        self.requests: list[tuple[str, str, Any]] = []
        self.api_keys: list[str] = []
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def path(self, name: str = "kb", options: str = "") -> str:
        """What follows azure:// in the address of a library here."""
        return f"tests/{name}?endpoint={self.endpoint}{options}"

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join(5)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    disable_nagle_algorithm = True
    server: Service

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.server.lock:
            try:
                status, answer = self._route(body)
            except Refusal as e:
                status, answer = 400, _error("", str(e))
            except KeyError as e:
                status, answer = 404, _error("", f"No index with the name {e} was found.")
        text = "" if answer is None else json.dumps(answer)
        self.send_response(status)
        self.send_header("Content-Type", "application/json; odata.metadata=none")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = do_PUT = do_DELETE = _answer

    def _route(self, body: bytes) -> tuple[int, Any]:
        service, url = self.server, urlsplit(self.path)
        path, key = unquote(url.path), self.headers.get("api-key", "")
        service.api_keys.append(key)
        if not key:
            return 401, _error("", "Authentication is missing.")
        if key not in (ADMIN_KEY, QUERY_KEY):
            return 403, _error("", "The request has an invalid api-key.")
        if parse_qs(url.query).get("api-version") != [API_VERSION]:
            return 400, _error("", "The api-version parameter is missing or invalid.")
        if service.busy:
            service.busy -= 1
            return 429, _error("", "Too many requests.")
        if len(body) > MAX_BYTES:
            return 413, _error("", "The request is too large.")
        value = self._json(body)
        service.requests.append((self.command, path, value))
        is_reading = path.endswith(("/docs/search.post.search", "/docs/$count")) or (
            self.command == "GET" and "/docs(" in path
        )
        if key == QUERY_KEY and not is_reading:
            return 403, _error("", "The api-key may only query.")
        match = re.fullmatch(r"/indexes(?:\('([^']*)'\))?(/docs.*)?", path)
        if match is None:
            return 404, None
        name, documents = match[1], match[2]
        if name is None:
            return self._indexes(value)
        return self._documents(name, documents, value) if documents else self._index(name, value)

    def _json(self, body: bytes) -> Any:
        try:
            return json.loads(body) if body else None
        except ValueError:
            raise Refusal("The request is invalid: it is no JSON") from None

    def _indexes(self, value: Any) -> tuple[int, Any]:
        if self.command == "GET":
            return 200, {"value": [i.definition for i in self.server.indexes.values()]}
        if value["name"] in self.server.indexes:
            return 409, _error("ResourceNameAlreadyInUse", "The index exists.")
        self.server.indexes[value["name"]] = Index(value, self.server.delay)
        return 201, value

    def _index(self, name: str, value: Any) -> tuple[int, Any]:
        indexes = self.server.indexes
        if self.command == "PUT":
            if value.get("name") != name:
                raise Refusal("The index name in the URL is not that of the definition.")
            if name in indexes:
                indexes[name].update(value)
                return 200, value
            indexes[name] = Index(value, self.server.delay)
            return 201, value
        if self.command == "DELETE":
            if name not in indexes:
                return 404, _error("", f"No index with the name '{name}' was found.")
            del indexes[name]
            return 204, None
        return 200, indexes[name].definition

    def _documents(self, name: str, path: str, value: Any) -> tuple[int, Any]:
        index = self.server.indexes[name]
        index.show(time.monotonic())
        if path == "/docs/search.post.search" and self.command == "POST":
            return 200, index.search(value)
        if path == "/docs/search.index" and self.command == "POST":
            return self._write(index, value)
        if path == "/docs/$count" and self.command == "GET":
            return 200, len(index.documents)
        if (match := re.fullmatch(r"/docs\('([^']*)'\)", path)) and self.command == "GET":
            document = index.documents.get(match[1])
            return (404, None) if document is None else (200, index.visible_fields(document))
        return 404, None

    def _write(self, index: Index, value: Any) -> tuple[int, Any]:
        index.check_batch(value)
        results = []
        for action in value["value"]:
            if self.server.busy_documents:
                self.server.busy_documents -= 1
                status, message = 503, "The service is busy."
            else:
                status, message = index.write(action, self.server.delay)
            results.append(
                {
                    "key": action[index.key],
                    "status": status < 400,
                    "errorMessage": message or None,
                    "statusCode": status,
                }
            )
        return 200 if all(r["status"] for r in results) else 207, {"value": results}


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}
