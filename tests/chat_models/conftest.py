"""The folders of weights that the plug-in over them is tested with."""

from __future__ import annotations

from ..llm.transformers.conftest import plain_reader, reader, seer

__all__ = ["plain_reader", "reader", "seer"]
