"""A folder in LangChain: words and a photo -> documents with their exact places, and a prompt."""

from __future__ import annotations

import sys
from pathlib import Path

from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from polysense import Library
from polysense.connect.langchain import PolysenseRetriever
from polysense.demo import FILES

PICTURES = [FILES / "pictures" / name for name in ("ferry.jpg", "puffin.png")]


def main(folder: Path = Path("polysense-examples/with_langchain")) -> None:
    """Index a handbook and some pictures, retrieve, and fill a prompt for any chat model."""
    with Library(folder / "kb") as kb:
        kb.index(FILES / "documents" / "handbook.pdf", *PICTURES)
        retriever = PolysenseRetriever(library=kb, k=2, modality="text")
        prompt = ChatPromptTemplate.from_template("{evidence}\n\nQuestion: {question}")
        chain = {"evidence": retriever | cite, "question": RunnablePassthrough()} | prompt
        print(chain.invoke("How tall is the tower?").to_string())
        pictures = retriever.invoke("", files=PICTURES[:1], modality="image")
        print("like ferry.jpg:", *(d.metadata["name"] for d in pictures))


def cite(documents: list) -> str:
    """Each document with the place that it is from."""
    return "\n".join(
        f"[{d.metadata['name']}, {d.metadata['place']}] {d.page_content}" for d in documents
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
