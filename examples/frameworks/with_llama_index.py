"""A folder in LlamaIndex: a question -> nodes with their exact places, and a query engine."""

from __future__ import annotations

import sys
from pathlib import Path

from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine

from polysense import Library
from polysense.connect.llama_index import PolysenseRetriever
from polysense.demo import FILES


def main(folder: Path = Path("polysense-examples/with_llama_index")) -> None:
    """Index a handbook, retrieve, and ask an engine.

    MockLLM says again what it was told: put any language model of LlamaIndex in its place.
    """
    with Library(folder / "kb") as kb:
        kb.index(FILES / "documents" / "handbook.pdf")
        retriever = PolysenseRetriever(kb, k=2)
        nodes = retriever.retrieve("How tall is the tower?")
        for node in nodes:
            print(f"{node.score:.3f}  {node.metadata['name']}, {node.metadata['place']}")
        engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
        response = engine.query("How tall is the tower?")
        print(response)
        print(f"{len(response.source_nodes)} sources")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
