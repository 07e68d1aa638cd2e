"""Any embedders of Haystack as an encoder: its own, those of an integration, or one's own."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from polysense.encoders.framework_encoder import FrameworkEncoder
from polysense.errors import MissingDependency
from polysense.import_path import make_object
from polysense.types import Role


class Haystack(FrameworkEncoder):
    """Words to vectors by a pair of Haystack's embedders.

    document_embedder and text_embedder are where they are made, "package.module:name": a class, a
    function without parameters, or the component itself
    ("haystack.components.embedders:OpenAIDocumentEmbedder", "...:OpenAITextEmbedder"); in Python
    they may be the components. The first embeds what is indexed, the second what is asked; where
    the second is left out, the first does both. model, where given, is what the classes or
    functions there are called with. `polysense.encoders.framework_encoder` has the other options.
    """

    extra = "haystack"
    framework: ClassVar[str] = "haystack"

    def __init__(
        self,
        *,
        document_embedder: Any = "",
        text_embedder: Any = "",
        model: str = "",
        dim: int = 0,
        batch: int = 64,
        languages: str = "",
        revision: str = "",
    ) -> None:
        super().__init__(dim=dim, batch=batch, languages=languages, revision=revision)
        self.document_embedder, self.text_embedder = document_embedder, text_embedder
        self.model = str(model)

    @cached_property
    def _embedder(self) -> Any:
        return self._component(self.document_embedder, "document_embedder")

    @cached_property
    def _query_embedder(self) -> Any:
        return self._component(self.text_embedder, "text_embedder")

    def _component(self, source: Any, option: str) -> Any:
        # nothing is sent to anybody who was not asked, unless the user has it otherwise
        os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
        try:
            from haystack.core.component import Component
        except ModuleNotFoundError as e:
            raise MissingDependency(
                "embedders of Haystack need the package haystack-ai",
                "python -m pip install 'polysense[haystack]'",
            ) from e
        component = make_object(
            source,
            f"haystack:{option}=",
            "embedder of Haystack",
            lambda candidate: isinstance(candidate, Component),
            self.model,
        )
        if hasattr(component, "warm_up"):
            component.warm_up()
        return component

    def _embed(self, texts: list[str], role: Role) -> Sequence[Sequence[float]]:
        from haystack import Document

        if role == "query" and self.text_embedder:
            return [self._query_embedder.run(text=text)["embedding"] for text in texts]
        # an id each: the same words twice are two documents
        documents = [Document(id=str(n), content=text) for n, text in enumerate(texts)]
        by_id = {d.id: d.embedding for d in self._embedder.run(documents=documents)["documents"]}
        return [by_id[d.id] for d in documents]
