"""transformers' Trainer for any recipe: checkpoints of what is trained alone, progress, an early
stop, and going on where a run was killed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

from polysense.errors import BadConfig, MissingDependency
from polysense.ingest.progress import Progress
from polysense.train.generator.examples.example import Example
from polysense.train.generator.recipe import Recipe
from polysense.train.run.fit import History
from polysense.weights.pretrained import INSTALL, import_transformers
from polysense.weights.trained_part import load_trained, save_trained

WEIGHTS = "trained.safetensors"
"""What a checkpoint holds beside the Trainer's own files."""


@dataclass(frozen=True, slots=True)
class TrainerSettings:
    """Steps are batches of `batch` examples times `accumulate`; the loss on the validation examples
    is taken every `every` of them, and `patience` times without a lower one end it. Judged.
    """

    steps: int = 600
    batch: int = 4
    accumulate: int = 1
    learning_rate: float = 2e-4
    weight_decay: float = 0.0
    warm_up: float = 0.05
    every: int = 50
    patience: int = 4


def train_network(
    recipe: Recipe,
    train: Sequence[Example],
    validation: Sequence[Example],
    work: Path,
    settings: TrainerSettings,
    progress: Progress,
    callbacks: Sequence[Any] = (),
    seed: int = 0,
) -> History:
    """Train a recipe's network, which is left with the weights of its lowest loss on validation.
    Checkpoints lie in `work`; where there is one, it goes on from there. Scores of the history are
    losses with their sign turned: more is better. Raises BadConfig, MissingDependency.
    """
    if not recipe.trainable():
        raise BadConfig(f"{recipe.name} trains nothing", "Measure it.")
    transformers = import_transformers("training a generator")
    trainer = _trainer_class()(
        model=recipe.network,
        args=_arguments(transformers, work, settings, seed, _is_on_cpu(recipe.network)),
        data_collator=recipe.collate,
        train_dataset=list(train),
        eval_dataset=list(validation),
        callbacks=[
            transformers.EarlyStoppingCallback(early_stopping_patience=settings.patience),
            _progress_callback(progress),
            *callbacks,
        ],
    )
    trainer.model_accepts_loss_kwargs = False  # the mean of a batch is the loss, however it is cut
    trainer.remove_callback(transformers.PrinterCallback)
    checkpoint = transformers.trainer_utils.get_last_checkpoint(str(work))
    with catch_warnings():
        simplefilter("ignore")  # of what the two packages ask each other for
        trainer.train(resume_from_checkpoint=checkpoint)
    recipe.network.eval()
    return _history(trainer.state)


def _arguments(
    transformers: Any, work: Path, settings: TrainerSettings, seed: int, use_cpu: bool
) -> Any:
    try:
        return transformers.TrainingArguments(
            output_dir=str(work),
            max_steps=settings.steps,
            per_device_train_batch_size=settings.batch,
            per_device_eval_batch_size=settings.batch,
            gradient_accumulation_steps=settings.accumulate,
            learning_rate=settings.learning_rate,
            weight_decay=settings.weight_decay,
            warmup_steps=round(settings.warm_up * settings.steps),
            lr_scheduler_type="cosine",
            logging_steps=1,
            eval_strategy="steps",
            eval_steps=settings.every,
            save_strategy="steps",
            save_steps=settings.every,
            save_total_limit=2,
            load_best_model_at_end=True,
            metric_for_best_model="eval_loss",
            greater_is_better=False,
            restore_callback_states_from_checkpoint=True,
            remove_unused_columns=False,
            report_to="none",
            disable_tqdm=True,
            log_level="error",
            dataloader_pin_memory=False,
            seed=seed,
            use_cpu=use_cpu,
        )
    except ImportError as e:
        raise MissingDependency("training needs the package accelerate", INSTALL) from e


def _is_on_cpu(network: Any) -> bool:
    return all(p.device.type == "cpu" for p in network.parameters())


@cache
def _trainer_class() -> Any:
    """A class of transformers' Trainer; made once, when it is needed."""
    import torch
    from transformers import Trainer

    class OwnTrainer(Trainer):  # type: ignore[misc]
        """Keeps what is trained, and nothing frozen: the base model lies in its folder already."""

        def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
            folder = Path(output_dir or self.args.output_dir)
            folder.mkdir(parents=True, exist_ok=True)
            save_trained(self.model, folder / WEIGHTS)
            torch.save(self.args, folder / "training_args.bin")

        def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
            load_trained(model or self.model, Path(resume_from_checkpoint) / WEIGHTS)

        def _load_best_model(self) -> None:
            self._load_from_checkpoint(self.state.best_model_checkpoint)

        def compute_loss(
            self,
            model: Any,
            inputs: Mapping[str, Any],
            return_outputs: bool = False,
            num_items_in_batch: Any = None,
        ) -> Any:
            outputs = model(**inputs)
            return (outputs["loss"], outputs) if return_outputs else outputs["loss"]

        def prediction_step(
            self, model: Any, inputs: Any, prediction_loss_only: bool, ignore_keys: Any = None
        ) -> tuple[Any, None, None]:
            with torch.no_grad():
                loss = self.compute_loss(model, self._prepare_inputs(inputs))
            return loss.detach(), None, None

    return OwnTrainer


def _progress_callback(progress: Progress) -> Any:
    from transformers import TrainerCallback

    class Reporter(TrainerCallback):  # type: ignore[misc]
        """Tells each step, with the last loss on validation."""

        held_out = ""

        def on_log(
            self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any
        ) -> None:
            if "eval_loss" in logs:
                self.held_out = f", held out {logs['eval_loss']:.3f}"
            elif "loss" in logs:
                detail = f"loss {logs['loss']:.3f}{self.held_out}"
                progress.step("training", state.global_step, state.max_steps, detail)

    return Reporter()


def _history(state: Any) -> History:
    history = History()
    for entry in state.log_history:
        if "loss" in entry:
            history.losses.append((entry["step"], entry["loss"]))
        elif "eval_loss" in entry:
            history.add_score(entry["step"], -entry["eval_loss"])
    history.ended = state.global_step
    return history
