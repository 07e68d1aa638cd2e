"""A folder in Haystack: a question -> a pipeline from documents with their places to a prompt."""

from __future__ import annotations

import sys
from pathlib import Path

from haystack import Pipeline
from haystack.components.builders import PromptBuilder

from polysense import Library
from polysense.connect.haystack import PolysenseRetriever
from polysense.demo import FILES

PROMPT = """{% for d in documents %}[{{ d.meta.name }}, {{ d.meta.place }}] {{ d.content }}
{% endfor %}
Question: {{ question }}"""


def main(folder: Path = Path("polysense-examples/with_haystack")) -> None:
    """Index a handbook, retrieve in a pipeline, write the pipeline to a file and read it again."""
    with Library(folder / "kb") as kb:
        kb.index(FILES / "documents" / "handbook.pdf")
    pipeline = Pipeline()
    pipeline.add_component("retriever", PolysenseRetriever(str(folder / "kb"), top_k=2))
    pipeline.add_component("prompt", PromptBuilder(PROMPT, required_variables="*"))
    pipeline.connect("retriever.documents", "prompt.documents")
    (folder / "pipeline.yaml").write_text(pipeline.dumps(), "utf-8")
    again = Pipeline.loads(
        (folder / "pipeline.yaml").read_text("utf-8"),
        allowed_modules=["polysense.connect.haystack"],
    )
    question = "How tall is the tower?"
    answer = again.run({"retriever": {"query": question}, "prompt": {"question": question}})
    print(answer["prompt"]["prompt"])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
