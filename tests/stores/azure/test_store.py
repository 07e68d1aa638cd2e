"""Azure AI Search keeps the contract, on a service of the tests that speaks its REST API; conditions
mean there what they mean in SQL.
"""

from __future__ import annotations

from polysense import registry
from polysense.stores.azure.store import AzureSearch
from polysense.testing import check_store

from .service import Service


def test_contract(store: AzureSearch, service: Service) -> None:
    """All that the protocol asks of a store, found by its address."""
    check_store(store)
    assert isinstance(registry.store(f"azure://{service.path()}"), AzureSearch)
    assert store.capabilities == {"bm25", "filters", "persistent"}
