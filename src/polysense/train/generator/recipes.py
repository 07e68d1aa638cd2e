"""Recipes by name: what each trains, made of a folder of weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from polysense import registry
from polysense.errors import BadConfig
from polysense.train.generator import compressed, frozen
from polysense.train.generator.adapters import AdapterSettings
from polysense.train.generator.compressed import Compressed
from polysense.train.generator.frozen import Frozen
from polysense.train.generator.fusion import STRATEGIES, Fusion
from polysense.train.generator.language_model import AdaptedLanguageModel, EachContextAlone
from polysense.train.generator.lsr import RetrieverByModel
from polysense.train.generator.models import load_language_model
from polysense.train.generator.projectors import InputProjector, OutputProjector
from polysense.train.generator.query_head import QueryHead
from polysense.train.generator.ra_cm3 import Interleaved
from polysense.train.generator.ra_vqa import JointRetrieval
from polysense.train.generator.recipe import Recipe


@dataclass(frozen=True, slots=True)
class RecipeSettings:
    """model is the folder of the weights that are trained or trained beside; adapter how, where the
    recipe trains one; prompt is one of PROMPTS; encoder is the spec of the frozen one of recipes
    that train a retriever, and of an output projector the folder of a decoder's encoder of words;
    seed is of new weights.
    """

    model: str
    adapter: AdapterSettings = AdapterSettings()
    prompt: str = "ask"
    encoder: str = "minilm"
    seed: int = 0
    device: str = ""
    dtype: str = ""


def build_recipe(name: str, settings: RecipeSettings) -> Recipe:
    """A recipe of RECIPES. Raises BadConfig, MissingDependency."""
    from polysense.train.heads.network import require_torch

    if name not in RECIPES:
        raise BadConfig(
            f"there is no recipe called {name!r}", f"Write one of {', '.join(RECIPES)}."
        )
    require_torch("training a generator").manual_seed(settings.seed)
    recipe = RECIPES[name](settings)
    places = {p.device.type: p.device for p in recipe.network.parameters()}
    recipe.network.to(next((d for kind, d in places.items() if kind != "cpu"), "cpu"))
    return recipe


def _adapter(settings: RecipeSettings) -> Recipe:
    model = load_language_model(settings.model, settings.device, settings.dtype)
    return AdaptedLanguageModel(model, settings.adapter, settings.prompt, settings.model)


def _ra_dit(settings: RecipeSettings) -> Recipe:
    model = load_language_model(settings.model, settings.device, settings.dtype)
    return EachContextAlone(model, settings.adapter, settings.prompt, settings.model)


def _lsr(settings: RecipeSettings) -> Recipe:
    model = load_language_model(settings.model, settings.device, settings.dtype)
    return RetrieverByModel(model, _query_head(settings), settings.prompt, settings.model)


def _query_head(settings: RecipeSettings) -> QueryHead:
    return QueryHead(settings.encoder, registry.load("encoders", settings.encoder))


def _ra_vqa(settings: RecipeSettings) -> Recipe:
    model = load_language_model(settings.model, settings.device, settings.dtype)
    head = _query_head(settings)
    return JointRetrieval(model, settings.adapter, head, settings.prompt, settings.model)


def _ra_cm3(settings: RecipeSettings) -> Recipe:
    model = load_language_model(settings.model, settings.device, settings.dtype)
    return Interleaved(model, settings.adapter, settings.prompt, settings.model)


def _frozen(name: str) -> Callable[[RecipeSettings], Recipe]:
    return lambda s: Frozen(name, load_language_model(s.model, s.device, s.dtype), s.model)


def _compressed(name: str) -> Callable[[RecipeSettings], Recipe]:
    def make(s: RecipeSettings) -> Recipe:
        model = load_language_model(s.model, s.device, s.dtype)
        return Compressed(name, model, s.adapter.tokens, s.model)

    return make


def _input_projector(settings: RecipeSettings) -> Recipe:
    # what is trained is a part of the model: half precision would lose its small steps
    model = load_language_model(settings.model, settings.device, settings.dtype or "float32")
    return InputProjector(model, settings.prompt, settings.model)


def _output_projector(settings: RecipeSettings) -> Recipe:
    model = load_language_model(settings.model, settings.device, settings.dtype)
    return OutputProjector(model, settings.encoder, settings.model)


def _fusion(strategy: str) -> Callable[[RecipeSettings], Recipe]:
    return lambda s: Fusion(strategy, s.model, s.device, s.dtype)


RECIPES: Mapping[str, Callable[[RecipeSettings], Recipe]] = {
    AdaptedLanguageModel.name: _adapter,
    EachContextAlone.name: _ra_dit,
    RetrieverByModel.name: _lsr,
    **{name: _fusion(name) for name in STRATEGIES},
    **{name: _frozen(name) for name in frozen.PAPERS},
    **{name: _compressed(name) for name in compressed.PAPERS},
    InputProjector.name: _input_projector,
    OutputProjector.name: _output_projector,
    JointRetrieval.name: _ra_vqa,
    Interleaved.name: _ra_cm3,
}
"""How each is made."""
