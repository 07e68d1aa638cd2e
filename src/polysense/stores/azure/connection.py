"""A connection to Azure AI Search: a library's indexes there, reads, writes, errors."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from uuid import uuid4

from polysense.errors import (
    BadFilter,
    LibraryError,
    MissingDependency,
    PolysenseError,
    ReadOnly,
    StorageFull,
)
from polysense.stores.azure.address import Address
from polysense.stores.azure.schema import (
    PAGE_ROWS,
    VECTOR,
    WRITE_ID,
    document_batches,
    id_batches,
    index_definition,
)
from polysense.stores.azure.where import all_of, any_of
from polysense.types import Space

SETTLE_SECONDS = 10.0
"""Seconds after a write for which reads of this process wait until they see it: the service answers
before its index has what it took. Judged.
"""

SPACES_SECONDS = 60.0
"""Seconds for which the list of a library's spaces is taken to be as it was, as chunks are written:
one process writes at a time. Judged.
"""

POLL_SECONDS = 0.1
"""Seconds between two looks; judged."""

WATCHED_DOCUMENTS = 1000
"""Documents last written to an index that a read looks for: one request. Judged."""

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
"""How long connecting and an answer may take; judged."""

RETRIES, MAX_BACKOFF_SECONDS = 4, 20
"""Times that a busy service is asked again, and the longest wait between two; judged."""

RETRIED_METHODS = frozenset({"HEAD", "GET", "PUT", "DELETE", "POST"})
"""All of our requests may be sent twice: documents are written by key."""

BUSY_STATUSES = frozenset({409, 422, 429, 503})
"""What the service says of a document that may be sent again."""


class Connection:
    """Clients that connect at the first call. path is what follows azure://."""

    def __init__(self, path: str) -> None:
        self.address = Address.parse(path)
        self._lock, self._write_lock = threading.RLock(), threading.RLock()
        self._clients: dict[str, Any] = {}
        self._ensured: set[str] = set()
        self._spaces: set[str] = set()
        self._spaces_read_at = -math.inf
        # by index, what its documents must say once a write is seen: None for those deleted
        self._unseen: dict[str, OrderedDict[str, str | None]] = {}
        self._written_at: dict[str, float] = {}

    def close(self) -> None:
        """Close the connections; the next call opens them again."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()
            if admin := self.__dict__.pop("_admin", None):
                admin.close()
            self._ensured.clear()

    def _options(self) -> dict[str, Any]:
        azure = azure_search()
        return {
            "endpoint": self.address.endpoint,
            "credential": azure.core.credentials.AzureKeyCredential(self.address.key()),
            "retry_policy": azure.core.pipeline.policies.RetryPolicy(
                retry_total=RETRIES,
                retry_connect=1,
                retry_status=RETRIES,
                retry_backoff_max=MAX_BACKOFF_SECONDS,
            ),
            "permit_redirects": False,  # the key would go with them
            "connection_timeout": CONNECT_SECONDS,
            "read_timeout": READ_SECONDS,
        }

    @cached_property
    def _admin(self) -> Any:
        return azure_search().search.documents.indexes.SearchIndexClient(**self._options())

    def _client(self, index: str) -> Any:
        with self._lock:
            if index not in self._clients:
                client = azure_search().search.documents.SearchClient
                self._clients[index] = client(index_name=index, **self._options())
            return self._clients[index]

    def _space_indexes(self, max_age: float = 0.0) -> list[str]:
        """The indexes of the library's spaces, as they were max_age seconds ago at most, and those
        that this process made since.
        """
        if time.monotonic() - self._spaces_read_at > max_age:
            with self._translate_errors():
                names = list(self._admin.list_index_names(retry_on_methods=RETRIED_METHODS))
            self._spaces = {n for n in names if self.address.is_space_index(n)}
            self._spaces_read_at = time.monotonic()
        return sorted(self._spaces)

    def _ensure_index(self, index: str, space: Space | None) -> None:
        """Create an index, or give one that is there the fields that it lacks; looked for once."""
        if index not in self._ensured:
            definition = index_definition(index, space)
            with self._translate_errors():
                self._create_or_extend(definition, space)
            self._ensured.add(index)
            if space:
                self._spaces.add(index)

    def _create_or_extend(self, definition: dict[str, Any], space: Space | None) -> None:
        errors = azure_search().core.exceptions
        again = {"retry_on_methods": RETRIED_METHODS}
        try:
            current = self._admin.get_index(definition["name"], **again)
        except errors.ResourceNotFoundError:
            try:
                self._admin.create_index(definition, **again)
            except errors.ResourceExistsError:  # by another process, meanwhile
                pass
            return
        fields = {f.name: f for f in current.fields}
        if space and (dim := fields[VECTOR].vector_search_dimensions) != space.dim:
            raise LibraryError(
                f"space {space.name} has {dim} dimensions in {self.address.endpoint}, not "
                f"{space.dim}",
                f"Run `polysense reindex --space {space.name}`.",
            )
        if absent := [f for f in definition["fields"] if f["name"] not in fields]:
            # all else that stands there is its owner's, and stays
            extended = current.as_dict()
            extended["fields"] = [*extended["fields"], *absent]
            self._admin.create_or_update_index(extended, **again)

    def _drop_index(self, index: str) -> None:
        self._ensured.discard(index)
        self._spaces.discard(index)
        self._unseen.pop(index, None)
        with self._without_index(), self._translate_errors():
            self._admin.delete_index(index, retry_on_methods=RETRIED_METHODS)

    def _search(self, index: str, where: str = "", **options: Any) -> list[dict[str, Any]]:
        """What a search gives; nothing where the index is not there."""
        self._settle(index)
        with self._without_index(), self._translate_errors(where):
            return list(self._paged(index, where, **options))
        return []

    def _paged(self, index: str, where: str, **options: Any) -> Any:
        options.setdefault("search_text", "*" if "vector_queries" not in options else None)
        return self._client(index).search(
            filter=where or None, retry_on_methods=RETRIED_METHODS, **options
        )

    def _count(self, index: str, where: str = "") -> int:
        self._settle(index)
        count = 0
        with self._without_index(), self._translate_errors(where):
            count = self._paged(index, where, include_total_count=True, top=0).get_count()
        return int(count or 0)

    def _pages(
        self, index: str, where: str, fields: Sequence[str], size: int = PAGE_ROWS
    ) -> Iterator[list[dict[str, Any]]]:
        """All documents, some at a time, by ranges of keys: the service skips 100,000 at most."""
        last = ""
        while True:
            condition = all_of(where, f"id gt '{last}'" if last else "")
            select = list(dict.fromkeys(["id", *fields]))
            page = self._search(index, condition, select=select, order_by=["id asc"], top=size)
            if page:
                yield page
            if len(page) < size:
                return
            last = page[-1]["id"]

    def _ids(self, index: str, where: str = "") -> Iterator[str]:
        return (d["id"] for page in self._pages(index, where, ["id"]) for d in page)

    def _by_id(self, index: str, ids: Sequence[str], fields: Sequence[str]) -> list[dict[str, Any]]:
        return [
            d
            for batch in id_batches(ids)
            for page in self._pages(index, any_of("id", batch), fields)
            for d in page
        ]

    def _upload(self, index: str, space: Space | None, documents: Sequence[dict[str, Any]]) -> None:
        """Write documents by key; each says which write it is of."""
        self._ensure_index(index, space)
        for batch in document_batches(documents):
            try:
                self._send(index, "upload", batch)
            except IndexGone:  # another process dropped it
                self._ensured.discard(index)
                self._ensure_index(index, space)
                self._send(index, "upload", batch)

    def _merge(self, index: str, documents: Sequence[dict[str, Any]]) -> None:
        """Change the fields of those documents that are there."""
        for batch in document_batches(documents):
            with self._without_index():
                self._send(index, "merge", batch)

    def _delete(self, index: str, ids: Sequence[str]) -> None:
        for batch in id_batches(ids):
            with self._without_index():
                self._send(index, "delete", [{"id": i} for i in batch])

    def _send(self, index: str, action: str, documents: Sequence[dict[str, Any]]) -> None:
        """One request, and again for the documents that the service was too busy for."""
        unsent = {d["id"]: d for d in documents}
        for attempt in range(RETRIES + 1):
            with self._translate_errors():
                results = self._index(index, action, list(unsent.values()))
            self._watch(
                index,
                {
                    r.key: None if action == "delete" else unsent[r.key].get(WRITE_ID)
                    for r in results
                    if r.succeeded and r.key in unsent
                },
            )
            failures = [
                r
                for r in results
                if not r.succeeded and not (r.status_code == 404 and action != "upload")
            ]
            if not failures:
                return
            for r in failures:
                if r.status_code not in BUSY_STATUSES or attempt == RETRIES:
                    raise self._error(r.status_code, f"document {r.key}: {r.error_message}")
            unsent = {r.key: unsent[r.key] for r in failures}
            time.sleep(min(0.2 * 2**attempt, MAX_BACKOFF_SECONDS))

    def _index(self, index: str, action: str, documents: Sequence[dict[str, Any]]) -> Any:
        batch = azure_search().search.documents.IndexDocumentsBatch()
        getattr(batch, f"add_{action}_actions")(list(documents))
        return self._client(index).index_documents(batch, retry_on_methods=RETRIED_METHODS)

    def _watch(self, index: str, write_ids: dict[str, str | None]) -> None:
        if not write_ids:
            return
        with self._lock:
            unseen = self._unseen.setdefault(index, OrderedDict())
            for id, write_id in write_ids.items():
                unseen[id] = write_id
                unseen.move_to_end(id)
            while len(unseen) > WATCHED_DOCUMENTS:
                unseen.popitem(last=False)
            self._written_at[index] = time.monotonic()

    def _settle(self, index: str) -> None:
        """Wait until the service shows what this process wrote last, SETTLE_SECONDS at most."""
        while True:
            with self._lock:
                unseen = dict(self._unseen.get(index, {}))
                deadline = self._written_at.get(index, 0.0) + SETTLE_SECONDS
            if not unseen:
                return
            condition = any_of("id", list(unseen))
            try:
                with self._translate_errors():
                    options = {"select": ["id", WRITE_ID], "top": WATCHED_DOCUMENTS}
                    documents = list(self._paged(index, condition, **options))
            except IndexGone:  # with all that was in it
                with self._lock:
                    self._unseen.pop(index, None)
                return
            seen_ids = {d["id"]: d[WRITE_ID] for d in documents}
            is_late = time.monotonic() > deadline
            with self._lock:
                current = self._unseen.get(index, OrderedDict())
                for id, write_id in unseen.items():
                    is_seen = seen_ids.get(id) == write_id
                    if id in current and current[id] == write_id and (is_seen or is_late):
                        del current[id]
                if not current:
                    self._unseen.pop(index, None)
                    return
            time.sleep(POLL_SECONDS)

    @contextmanager
    def _without_index(self) -> Iterator[None]:
        """An index that is not there has no documents, and is not an error."""
        try:
            yield
        except IndexGone:
            pass

    @contextmanager
    def _translate_errors(self, where: str = "") -> Iterator[None]:
        """The client's errors as ours; what the service does not take of a filter is BadFilter."""
        errors = azure_search().core.exceptions
        try:
            yield
        except errors.HttpResponseError as e:
            message = str(e.error.message) if getattr(e, "error", None) else ""
            if e.status_code == 404 and message:  # the service's own, and not another server's
                raise IndexGone(
                    f"Azure AI Search at {self.address.endpoint}: {message[:300]}",
                    "Another program deleted the index: run the same command again.",
                ) from e
            raise self._error(e.status_code or 0, message or str(e.reason or ""), where) from e
        except errors.AzureError as e:
            raise LibraryError(
                f"{self.address.endpoint} does not answer",
                "Check the name of the service in the address, and the connection.",
            ) from e

    def _error(self, status: int, message: str, where: str = "") -> PolysenseError:
        at, key = f"Azure AI Search at {self.address.endpoint}", self.address.key_variable
        reason = message.strip().partition("\n")[0][:300] or f"status {status}"
        if status in (401, 403):
            return (ReadOnly if status == 403 else LibraryError)(
                f"{at} does not accept the key, or not for this",
                f"Set {key} to a key of that service: an admin key to write, a query key to "
                "search.",
            )
        if status == 404:
            return LibraryError(
                f"{at} is no search service", "Check the name of the service in the address."
            )
        if status == 400 and where and "$filter" in message:
            return BadFilter(f"{at} does not take the filter: {reason}", "Write a shorter filter.")
        if status in (429, 503):
            return LibraryError(
                f"{at} is too busy", "Wait a while and run the same command again, or scale it up."
            )
        if "quota" in reason.lower():
            return StorageFull(
                f"{at} has no room left: {reason}",
                "Delete an index there, or scale it up, then run the same command again.",
            )
        return LibraryError(
            f"{at} failed: {reason}",
            "Run the same command again; where an index has another form, index into a library of "
            "another name.",
        )


class IndexGone(LibraryError):
    """An index that is not there."""


def new_write_id() -> str:
    """What documents of one write say of it."""
    return uuid4().hex


def azure_search() -> Any:
    """The package `azure`, with its modules of search. Raises MissingDependency."""
    try:
        import azure
        import azure.core.credentials
        import azure.core.exceptions
        import azure.core.pipeline.policies
        import azure.search.documents
        import azure.search.documents.indexes
        import azure.search.documents.models
    except ImportError as e:
        raise MissingDependency(
            "a library in Azure AI Search needs azure-search-documents",
            "Install it: pip install 'polysense[azure]'",
        ) from e
    return azure
