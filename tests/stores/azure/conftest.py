"""A search service on this machine, and a library there, empty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from polysense.stores.azure.store import AzureSearch

from .service import ADMIN_KEY, Service


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    pytest.importorskip("azure.search.documents", reason="pip install azure-search-documents")
    monkeypatch.setenv("AZURE_SEARCH_API_KEY", ADMIN_KEY)
    running = Service()
    yield running
    running.stop()


@pytest.fixture
def store(service: Service) -> Iterator[AzureSearch]:
    azure = AzureSearch(path=service.path())
    yield azure
    azure.close()
