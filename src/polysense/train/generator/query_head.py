"""A head over what a frozen encoder makes of questions: what is indexed stays as it is, and is
found otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from polysense.encoders.aligned.folder import AlignedConfig, Tower, write_config
from polysense.errors import BadConfig
from polysense.protocols import Encoder, Vectors
from polysense.train.generator.examples.example import Example
from polysense.train.heads.network import build_network, require_torch, to_head
from polysense.types import Modality, Part, Role

TEMPERATURE = 0.1
"""Of the softmax over the cosines of contexts: Shi et al., "REPLUG" (arXiv:2301.12652), take it for
retriever and model alike.
"""

NO_CONTEXT = -1e9
"""The score of a context that is not there: infinity would have no gradient."""

GRAPH = "query.onnx"


class QueryHead:
    """network, from (n, dim) to (n, dim), begins as what changes nothing; encoder is asked by its
    spec again, where what was trained is used.
    """

    def __init__(self, spec: str, encoder: Encoder) -> None:
        torch = require_torch("training a retriever")
        if encoder.space.metric not in ("cosine", "dot") or "text" not in encoder.accepts:
            raise BadConfig(
                f"{spec} has no single vector for a passage of words", "Name another: minilm."
            )
        self.spec, self.encoder = spec, encoder
        dim = encoder.space.dim
        self.network = build_network("linear", dim, dim, 0)
        with torch.no_grad():
            self.network[0].weight.copy_(torch.eye(dim))
            self.network[0].bias.zero_()
        self._vectors: dict[tuple[Role, str], Vectors] = {}

    def inputs(self, examples: Sequence[Example]) -> dict[str, Any]:
        """questions, (n, dim); contexts, (n, k, dim), zeros where an example has fewer than k;
        is_context, (n, k).
        """
        torch = require_torch("training a retriever")
        k = max(1, *(len(e.contexts) for e in examples))
        dim = self.encoder.space.dim
        contexts, is_there = (
            np.zeros((len(examples), k, dim), np.float32),
            np.zeros((len(examples), k), bool),
        )
        for i, example in enumerate(examples):
            parts = [c.part for c in example.contexts]
            if parts:
                contexts[i, : len(parts)] = self._encoded(parts, "document")
                is_there[i, : len(parts)] = True
        questions = self._encoded([Part("text", e.question) for e in examples], "query")
        place = next(self.network.parameters()).device
        return {
            "questions": torch.from_numpy(questions).to(place),
            "contexts": torch.from_numpy(contexts).to(place),
            "is_context": torch.from_numpy(is_there).to(place),
        }

    def save(self, folder: Path) -> str:
        """Write a space that searches the encoder's own vectors; gives the line that uses it."""
        space = self.encoder.space
        modalities: list[Modality] = sorted(self.encoder.accepts)
        to_head(self.network).export(folder / GRAPH, space.dim, space.dim)
        towers = {
            m: Tower(self.spec, space.revision, query_head=GRAPH if m == "text" else "")
            for m in modalities
        }
        languages = tuple(sorted(self.encoder.languages or ()))
        config = AlignedConfig(folder.name, space.dim, towers, tuple(modalities), languages)
        write_config(config, folder)
        return f'encoders = ["aligned:model={folder}"]'

    def _encoded(self, parts: Sequence[Part], role: Role) -> Vectors:
        """(n, dim) of unit length, each computed once; zeros where the encoder finds nothing."""
        missing = {p.id: p for p in parts if (role, p.id) not in self._vectors}
        if missing:
            rows = np.nan_to_num(np.asarray(self.encoder.encode([*missing.values()], role)))
            lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
            for key, row in zip(missing, rows / lengths, strict=True):
                self._vectors[role, key] = row.astype(np.float32)
        return np.stack([self._vectors[role, p.id] for p in parts])


def retrieval_log_shares(network: Any, questions: Any, contexts: Any, is_context: Any) -> Any:
    """(n, k): the logarithm of the share that the retriever gives each context of its question."""
    torch = require_torch("training a retriever")
    vectors = torch.nn.functional.normalize(network(questions), dim=1)
    scores = torch.einsum("nd,nkd->nk", vectors, contexts) / TEMPERATURE
    return scores.masked_fill(~is_context, NO_CONTEXT).log_softmax(1)
