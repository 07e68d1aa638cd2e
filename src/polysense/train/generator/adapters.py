"""Adapters: few numbers beside a model's own, which stay as they are. PEFT trains and keeps them.

lora      Hu et al., "LoRA: low-rank adaptation of large language models", ICLR 2022,
          arXiv:2106.09685; in every linear layer, as Dettmers et al., "QLoRA", NeurIPS 2023
prompt    Lester et al., "The power of scale for parameter-efficient prompt tuning", EMNLP 2021,
          arXiv:2104.08691: vectors before the input
p_tuning  Liu et al., "GPT understands, too", arXiv:2103.10385: such vectors from a small encoder
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from warnings import catch_warnings, simplefilter

from polysense.errors import BadConfig, MissingDependency
from polysense.weights.pretrained import INSTALL


@dataclass(frozen=True, slots=True)
class AdapterSettings:
    """kind is one of ADAPTERS. rank is a LoRA's, its scale twice that; tokens are the vectors of a
    prompt, inner the width of p-tuning's encoder; dropout is LoRA's.
    """

    kind: str = "lora"
    rank: int = 16
    tokens: int = 20
    inner: int = 128
    dropout: float = 0.05


def attach_adapter(model: Any, settings: AdapterSettings) -> Any:
    """The model of transformers as PEFT's, frozen but for a new adapter. Raises BadConfig,
    MissingDependency.
    """
    peft = _peft()
    if settings.kind not in ADAPTERS:
        names = ", ".join(ADAPTERS)
        raise BadConfig(f"there is no adapter called {settings.kind!r}", f"Write one of {names}.")
    config = ADAPTERS[settings.kind](peft, model, settings)
    try:
        with catch_warnings():
            simplefilter("ignore")  # of what PEFT asks transformers for
            return peft.get_peft_model(model, config)
    except ValueError as e:
        raise BadConfig(f"PEFT makes no {settings.kind} here: {e}", "Try another adapter.") from e


def _lora(peft: Any, model: Any, settings: AdapterSettings) -> Any:
    return peft.LoraConfig(
        r=settings.rank,
        lora_alpha=2 * settings.rank,
        lora_dropout=settings.dropout,
        target_modules=_linear_layers(model),
        task_type=_task(model),
    )


def _prompt(peft: Any, model: Any, settings: AdapterSettings) -> Any:
    return peft.PromptTuningConfig(task_type=_task(model), num_virtual_tokens=settings.tokens)


def _p_tuning(peft: Any, model: Any, settings: AdapterSettings) -> Any:
    return peft.PromptEncoderConfig(
        task_type=_task(model),
        num_virtual_tokens=settings.tokens,
        encoder_hidden_size=settings.inner,
    )


ADAPTERS: Mapping[str, Callable[[Any, Any, AdapterSettings], Any]] = {
    "lora": _lora,
    "prompt": _prompt,
    "p_tuning": _p_tuning,
}
"""Kinds of adapters: each makes PEFT's config for a model."""


def _task(model: Any) -> str:
    return "SEQ_2_SEQ_LM" if model.config.is_encoder_decoder else "CAUSAL_LM"


def _linear_layers(model: Any) -> list[str] | str:
    """Those of what writes words: of a model that sees or hears, not of its encoders."""
    import torch

    if model.config.is_encoder_decoder:
        return "all-linear"
    own = {id(m) for m in model.get_decoder().modules() if isinstance(m, torch.nn.Linear)}
    return sorted(name for name, m in model.named_modules() if id(m) in own) or "all-linear"


def _peft() -> Any:
    try:
        import peft
    except ImportError as e:
        raise MissingDependency("training an adapter needs the package peft", INSTALL) from e
    return peft
