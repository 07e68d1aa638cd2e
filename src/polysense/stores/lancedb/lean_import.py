"""Import lancedb in half the time: without the generated REST client of its remote namespaces,
which an embedded database never calls.

lancedb 0.40 imports `lance_namespace`, which imports forty generated API modules: 0.5 s of 1.0 s,
measured. They are stood in for while lancedb is imported, unless somebody has imported the real
ones before; what lancedb itself uses of the client, its models, is real.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_CLIENT = "lance_namespace_urllib3_client"
_LOCK = threading.Lock()


def lancedb() -> Any:
    """The lancedb module."""
    with _LOCK:
        if "lancedb" not in sys.modules and _CLIENT not in sys.modules:
            finder = _StandIn()
            sys.meta_path.insert(0, finder)
            try:
                import lancedb
            finally:
                sys.meta_path.remove(finder)
                for name in [n for n in sys.modules if n.startswith(f"{_CLIENT}.api")]:
                    del sys.modules[name]
        import lancedb

        return lancedb


class _StandIn(MetaPathFinder, Loader):
    """Finds `..._client.api` and all below it: modules whose every name is an empty class."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        is_stub = name == f"{_CLIENT}.api" or name.startswith(f"{_CLIENT}.api.")
        return ModuleSpec(name, self, is_package=True) if is_stub else None

    def exec_module(self, module: ModuleType) -> None:
        """Leave it empty, but for what is asked of it."""
        module.__getattr__ = lambda name: type(name, (), {})  # type: ignore[method-assign]
