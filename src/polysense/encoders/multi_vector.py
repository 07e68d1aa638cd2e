"""What late interaction models do alike that sentence-transformers loads: one vector a token, or a
patch of a page (Khattab & Zaharia, "ColBERT", SIGIR 2020, arXiv:2004.12832; Faysse et al.,
"ColPali", ICLR 2025, arXiv:2407.01449).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import InitVar, dataclass
from pathlib import Path
from typing import Any

from polysense.encoders.pretrained_encoder import Embed, PretrainedEncoder
from polysense.types import Part, Role
from polysense.weights.kinds import model_config, modules_of
from polysense.weights.pretrained import load_sentence_model, read_config


@dataclass(kw_only=True, eq=False, repr=False)
class MultiVector(PretrainedEncoder):
    """A late interaction model: of each part its (tokens, dim). A query's tokens are found in a
    chunk one by one (`polysense.vectors.late_interaction`).

    Prompts and markers ("[Q] ", "[D] ") are those that the folder records.
    """

    metric = "maxsim"

    languages: InitVar[str] = ""

    def _open(self, folder: Path) -> Embed:
        model = load_sentence_model(
            folder, "MultiVectorEncoder", self.option, self.device, self.dtype
        )
        self._check_model(folder, model)

        def embed(inputs: Sequence[Any], role: Role) -> list[Any]:
            encode = model.encode_query if role == "query" else model.encode_document
            rows = encode(list(inputs), batch_size=self.batch, show_progress_bar=False)
            return [r.float().cpu().numpy() for r in rows]

        return embed

    @abstractmethod
    def _prepare(self, part: Part) -> Any:
        """A part as sentence-transformers takes it; None: nothing to encode."""

    def _check_model(self, folder: Path, model: Any) -> None:
        """Raises BadConfig where a model is not what the family takes."""

    def _width(self, folder: Path) -> int:
        widths = (read_config(path).get("out_features") for _, path in modules_of(folder)[::-1])
        width = next((w for w in widths if w), model_config(folder).get("embedding_dim"))
        return int(width or 0)
