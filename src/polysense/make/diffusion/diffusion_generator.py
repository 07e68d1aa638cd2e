"""What generators that run a pipeline of diffusers do alike: where the model is, how it is loaded
and run, and what each thing made says of how it was made.
"""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from polysense.errors import BadConfig, ModelFailed, PolysenseError
from polysense.events import GenerationStep
from polysense.make.diffusion.steps import StepReporter, Stopped, run_in_steps, steps_told
from polysense.protocols import Generator
from polysense.types import Evidence, Part, Query
from polysense.weights.kinds import Kind
from polysense.weights.pipelines import (
    check_memory,
    find_pipeline,
    import_diffusers,
    load_pipeline,
    pipeline_class,
)
from polysense.weights.pretrained import best_device, dtype_of, first_line, load_faults

COST = 0.147
"""Of a model that somebody has named, whose quality is not measured here. Judged: it goes before
all that rules compose of words (a diagram, 0.15), for it was asked for by name, and behind the
thing itself: a picture beside the best passage, under one name, is worth .9 x .95 = .855, this
.853. Where a question asks to make something, it goes first.
"""

MAX_STEPS, MAX_SECONDS = 1000, 86_400
"""Bounds of the options: the schedules of these models have 1000 steps."""

_GUIDANCE = ("guidance_scale", "max_guidance_scale")
"""What pipelines call the weight of what they are to follow."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a model is to follow: keyword arguments for its pipeline, and the numbers of the
    evidence that they are of. how says in a word which of the evidence's forms they are; pipeline
    is another one of the same models, where that is to run.
    """

    arguments: Mapping[str, Any]
    evidence: tuple[int, ...]
    how: str = "words"
    pipeline: Any = None


@dataclass(kw_only=True, eq=False, repr=False)
class DiffusionGenerator(Generator):
    """By a folder of diffusers, or a model of a hub: one thing made of a question and its evidence.

    A family says what names its model (`kind`), what it makes of the question and the evidence for
    its pipeline (`_conditions`), and how what that gives becomes parts (`_parts`).

    revision is a branch, tag or commit of the hub, which is never asked with `offline`, and variant
    how it names weights of another type ("fp16"). device="" is the best there is, dtype="" float32
    on a CPU, else float16. With `offload` only the part of the model that is at work lies in the
    memory of the accelerator. scheduler="" and steps=0, guidance=-1 are the model's own; another
    scheduler is named by its class in diffusers. The same seed, question and evidence give the same
    bytes. seconds bounds the time of one: what would take longer is given up after two steps. What
    a model's own safety checker flags is withheld; safety=false leaves it out.
    """

    extra = "generate"
    origin = "generated"
    cost = COST
    kind: ClassVar[Kind]

    model: str = ""
    revision: str = ""
    variant: str = ""
    device: str = ""
    dtype: str = ""
    offload: bool = False
    scheduler: str = ""
    steps: int = 0
    guidance: float = -1.0
    seed: int = 0
    seconds: float = 1800.0
    safety: bool = True
    offline: bool = False
    _lock: Lock = field(init=False, default_factory=Lock)
    _pipeline: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.model, self.revision, self.variant = map(
            str, (self.model, self.revision, self.variant)
        )
        if not (0 <= self.steps <= MAX_STEPS and 0 < self.seconds <= MAX_SECONDS):
            raise BadConfig(
                f"{self.kind.option}{self.model}: steps={self.steps}, seconds={self.seconds}",
                f"Give 1 to {MAX_STEPS} steps (0: the model's own), 1 to {MAX_SECONDS} seconds.",
            )

    def check(self) -> None:
        """Raises MissingDependency or BadConfig where there is no such model."""
        _ = self._folder

    def generate(
        self, query: Query, evidence: Sequence[Evidence]
    ) -> Iterator[Part | GenerationStep]:
        """What the model makes, and its steps meanwhile; nothing without evidence that it can use.

        Raises BadConfig, MissingDependency, and ModelFailed where it fails or would take too long.
        """
        if not evidence or not self._is_wanted(query):
            return
        name = Path(self.model).name

        def work(reporter: StepReporter) -> tuple[Any, Conditions | None, int]:
            with reporter.turn(self._lock), self._faults(name):
                pipeline = self._ready()
                reporter.check()
                conditions = self._conditions(pipeline, query, evidence)
                if conditions is None:
                    return None, None, 0
                pipeline = conditions.pipeline or pipeline
                with steps_told(pipeline, reporter):
                    return self._run(pipeline, conditions), conditions, reporter.total

        output, conditions, steps = yield from run_in_steps(name, self.seconds, work)
        if conditions is None:
            return
        for part in self._parts(output):
            yield Part(
                part.modality,
                part.data,
                part.mime,
                part.name,
                meta={
                    "model": name,
                    "seed": self.seed,
                    "steps": steps,
                    "conditions": conditions.how,
                    "evidence": list(conditions.evidence),
                    **part.meta,
                },
            )

    def _is_wanted(self, query: Query) -> bool:
        """Whether the question is for what the family makes."""
        return True

    @abstractmethod
    def _conditions(
        self, pipeline: Any, query: Query, evidence: Sequence[Evidence]
    ) -> Conditions | None:
        """What the pipeline is given; None where there is nothing for it to follow."""

    @abstractmethod
    def _parts(self, output: Any) -> list[Part]:
        """What the pipeline has made, as parts. Raises ModelFailed where it is nothing."""

    def _run(self, pipeline: Any, conditions: Conditions) -> Any:
        import torch

        own = {"num_inference_steps": self.steps} if self.steps else {}
        names = inspect.signature(pipeline.__call__).parameters
        scale = next((n for n in _GUIDANCE if n in names), "")
        guidance = {scale: self.guidance} if scale and self.guidance >= 0 else {}
        generator = torch.Generator("cpu").manual_seed(self.seed)
        return pipeline(**conditions.arguments, **own, **guidance, generator=generator)

    def _ready(self) -> Any:
        """The pipeline, loaded on first use, under the lock."""
        if self._pipeline is None:
            self._pipeline = self._open(self._folder)
        return self._pipeline

    def _open(self, folder: Path) -> Any:
        """The pipeline on its device. Raises BadConfig, MissingDependency."""
        import torch

        place = self.device or best_device()
        dtype = dtype_of(self.dtype, place)
        check_memory(folder, "cpu" if self.offload else place, self.variant)
        pipeline = load_pipeline(
            folder,
            self._class_name(folder),
            dtype=torch.float16 if dtype == "auto" else dtype,
            variant=self.variant,
            safety=self.safety,
        )
        with load_faults(folder, "diffusers"):
            if self.scheduler:
                pipeline.scheduler = self._other_scheduler(pipeline.scheduler)
            if self.offload and place != "cpu":
                pipeline.enable_model_cpu_offload(device=place)
            else:
                pipeline.to(place)
        return pipeline

    def _class_name(self, folder: Path) -> str:
        """The class of diffusers that a folder is loaded as."""
        return pipeline_class(folder)

    def _other_scheduler(self, own: Any) -> Any:
        names = sorted(c.__name__ for c in own.compatibles)
        if self.scheduler not in names:
            raise BadConfig(
                f"scheduler={self.scheduler} is none that {self.model} can be run with",
                f"Write one of: {', '.join(names)}.",
            )
        kind = getattr(import_diffusers("a scheduler"), self.scheduler)
        return kind.from_config(own.config)

    @cached_property
    def _folder(self) -> Path:
        return find_pipeline(
            self.model,
            self.kind,
            revision=self.revision,
            variant=self.variant,
            offline=self.offline,
        )

    @contextmanager
    def _faults(self, name: str) -> Iterator[None]:
        """Whatever goes wrong within the model, as ModelFailed."""
        try:
            yield
        except (PolysenseError, Stopped):
            raise
        except Exception as e:
            if isinstance(e, MemoryError) or "out of memory" in str(e):
                hint = "Set dtype=float16, offload=true or a smaller size=, or take another model."
                raise ModelFailed(f"{name} does not fit into memory", hint) from e
            hint = "Try other options, or leave the generator out."
            raise ModelFailed(f"{name} failed: {first_line(e)}", hint) from e
