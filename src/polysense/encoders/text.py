"""Models of text embeddings that sentence-transformers loads: BERT (Devlin et al., NAACL 2019),
RoBERTa, DistilBERT, Sentence-BERT (Reimers & Gurevych, EMNLP 2019), E5, BGE, GTE.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from polysense.encoders.pretrained_encoder import Embed, PretrainedEncoder
from polysense.encoders.text_input import legible, words
from polysense.errors import BadConfig
from polysense.protocols import Vectors
from polysense.types import Part, Role
from polysense.weights.kinds import (
    SENTENCE_TRANSFORMERS,
    TEXT,
    model_config,
    modules_of,
)
from polysense.weights.pretrained import (
    load_sentence_model,
    read_config,
    to_array,
)

_FAMILIES = (
    (r"e5-.*instruct", "Instruct: {task}\nQuery: ", ""),
    (r"e5-(small|base|large)", "query: ", "passage: "),
    (r"bge-(small|base|large)-en", "Represent this sentence for searching relevant passages: ", ""),
    (r"bge-(small|base|large)-zh", "为这个句子生成表示以用于检索相关文章：", ""),
)
"""What models are trained to read before a query and before a document, by their names, as their
cards say; used where a folder records no prompts, for without them they find less.
"""

_TASK = "Given a web search query, retrieve relevant passages that answer the query"


@dataclass(kw_only=True, eq=False, repr=False)
class Text(PretrainedEncoder):
    """Any text model that sentence-transformers loads. A folder of transformers without modules of
    its own is pooled by the mean over tokens.

    `model` is a folder, or a name on the hub. Before queries and documents stand the prompts that
    the folder records (config_sentence_transformers.json); where it records none, those of the
    family, known by the model's name (E5, BGE); `query_prompt` and `document_prompt` replace
    either, "" is none. After a prompt that ends with a colon comes a space. Texts are cut at what
    the model reads. `polysense.encoders.pretrained_encoder` has the other options.
    """

    option = "text:model="
    kinds = (TEXT,)
    accepts = frozenset({"text"})
    signal = "semantic"
    batches_a_call = 16

    model: str = "intfloat/multilingual-e5-small"
    query_prompt: str | None = None
    document_prompt: str | None = None
    languages: InitVar[str] = ""

    def __post_init__(self, languages: str) -> None:
        super().__post_init__(languages)
        self.query_prompt = None if self.query_prompt is None else str(self.query_prompt)
        self.document_prompt = None if self.document_prompt is None else str(self.document_prompt)

    def prompts(self, folder: Path) -> dict[str, str]:
        """What stands before a query and a document, by "query" and "document", where anything
        does: what a folder that is made of this one has to record.
        """
        recorded = read_config(folder, SENTENCE_TRANSFORMERS).get("prompts") or {}
        own = zip(("query", "document"), self._prompts(folder), strict=True)
        return {**recorded, **{role: prompt for role, prompt in own if prompt is not None}}

    def _revision(self, folder: Path) -> str:
        """With other prompts than the folder's own, vectors are others."""
        prompts = self._prompts(folder)
        revision = super()._revision(folder)
        if prompts == (None, None):
            return revision
        return f"{revision}-{sha256(repr(prompts).encode()).hexdigest()[:6]}"

    def _prompts(self, folder: Path) -> tuple[str | None, str | None]:
        """What stands before a query and a document; None: what the folder records."""
        families: tuple[str | None, str | None] = (None, None)
        prompts = read_config(folder, SENTENCE_TRANSFORMERS).get("prompts") or {}
        if not any(prompts.values()):
            families = _family_prompts(self.model) or families
        options = (self.query_prompt, self.document_prompt)
        query, document = (
            family if option is None else re.sub(r":\Z", ": ", option)
            for option, family in zip(options, families, strict=True)
        )
        return query, document

    def _prepare(self, part: Part) -> Any:
        return legible(words(part)) or None

    def _open(self, folder: Path) -> Embed:
        model = load_sentence_model(
            folder, "SentenceTransformer", self.option, self.device, self.dtype
        )
        if "text" not in model.modalities:
            raise BadConfig(
                f"{folder} is a model of {', '.join(map(str, model.modalities))}, not of text",
                "Name a model of text embeddings.",
            )
        query_prompt, document_prompt = self._prompts(folder)

        def embed(inputs: Sequence[Any], role: Role) -> Vectors:
            is_query = role == "query"
            encode = model.encode_query if is_query else model.encode_document
            vectors = encode(
                list(inputs),
                prompt=query_prompt if is_query else document_prompt,
                batch_size=self.batch,
                show_progress_bar=False,
                convert_to_tensor=True,
            )
            return to_array(vectors)

        return embed

    def _width(self, folder: Path) -> int:
        modules = [m for m in modules_of(folder) if m[0] not in ("Normalize", "Dropout")]
        if [name for name, _ in modules] not in ([], ["Transformer", "Pooling"]):
            return 0
        if modules and not _is_pooled_once(read_config(modules[1][1])):
            return 0
        config = model_config(folder)
        return int(config.get("hidden_size") or config.get("dim") or 0)


def _family_prompts(model: str) -> tuple[str, str] | None:
    """What a family's models read before a query and a document, by the name of one; None where
    the name tells nothing.

    >>> _family_prompts("intfloat/e5-small-v2")
    ('query: ', 'passage: ')
    """
    for pattern, query, document in _FAMILIES:
        if re.search(rf"(?<![a-z0-9]){pattern}", model.lower()):
            return query.format(task=_TASK), document
    return None


def _is_pooled_once(pooling: dict[str, Any]) -> bool:
    """Whether a Pooling module gives one vector of the transformer's width: old configs have a
    truth for each way, new ones a list.
    """
    ways = pooling.get("pooling_mode", "mean")
    old_ways = [v for k, v in pooling.items() if k.startswith("pooling_mode_") and v is True]
    return len(old_ways) <= 1 and (isinstance(ways, str) or len(ways) == 1)
