"""Folders of weights, made once a run, and torch on one thread: more only wait for each other on
so little.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from . import tiny


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of words."""
    return tiny.llama(tmp_path_factory.mktemp("weights") / "tiny-llama")


@pytest.fixture(scope="session")
def reading_llama(llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model of words after it has learned to tell the place that one passage says, by a LoRA
    that is merged into it.
    """
    from polysense.ingest.progress import SilentProgress
    from polysense.train.generator.adapters import AdapterSettings
    from polysense.train.generator.recipes import RecipeSettings, build_recipe
    from polysense.train.generator.trainer import TrainerSettings
    from polysense.train.generator.training import GeneratorSettings, train_generator

    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "popen" in own.name else own  # once for all workers of a run
    adapter = AdapterSettings("lora", rank=16, dropout=0.0)
    model = folder / "reading-llama"
    with FileLock(folder / "reading-llama.lock"):
        if model.is_dir():
            return model
        settings = RecipeSettings(str(llama), adapter, "plain", device="cpu")
        recipe = build_recipe("adapter", settings)
        trainer = TrainerSettings(steps=400, batch=16, learning_rate=2e-2, every=100)
        train_generator(
            recipe,
            tiny.examples(64),
            folder / "lora",
            settings=GeneratorSettings(noise=0, refusals=0, trainer=trainer),
            progress=SilentProgress(),
        )
        recipe.network.merge_and_unload().save_pretrained(model)
        tiny.tokenizer().save_pretrained(model)
    return model


@pytest.fixture(scope="session")
def t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with an encoder and a decoder."""
    return tiny.t5(tmp_path_factory.mktemp("weights") / "tiny-t5")


@pytest.fixture(scope="session")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another one."""
    return tiny.bart(tmp_path_factory.mktemp("weights") / "tiny-bart")


@pytest.fixture(scope="session")
def llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that sees."""
    return tiny.llava(tmp_path_factory.mktemp("weights") / "tiny-llava")
