"""The command that teaches a model to answer from what is retrieved."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polysense.cli.common import FAILURE, SUCCESS, Command, library, print_result

if TYPE_CHECKING:
    from polysense.train.generator.examples.example import Example
    from polysense.train.generator.training import Training

FOLDER = Path("polysense-train")
"""Where trainings lie unless -o names a folder."""


def declare_generator(command: Command, recipes: Any) -> None:
    """Train a generator."""
    c = command(_generator, "generator", "teach a model to answer from what is retrieved", recipes)
    c.add_argument(
        "examples",
        type=Path,
        metavar="EXAMPLES",
        help="JSON lines of examples, LLaVA's conversations as JSON, or, with --retrieve, judged "
        "questions with answers",
    )
    c.add_argument("--model", required=True, metavar="FOLDER", help="the weights to start from")
    c.add_argument(
        "--recipe",
        dest="way",
        default="adapter",
        metavar="NAME",
        help="see docs/training.md (default adapter)",
    )
    c.add_argument(
        "--retrieve", type=int, default=0, metavar="K", help="take K hits of the library (-l) each"
    )
    c.add_argument("--save-examples", type=Path, metavar="FILE", help="write what is learned from")
    c.add_argument(
        "--adapter", default="lora", metavar="KIND", help="lora, prompt or p_tuning (default lora)"
    )
    c.add_argument("--rank", type=int, default=16, metavar="N", help="of a LoRA (default 16)")
    c.add_argument("--tokens", type=int, default=20, metavar="N", help="of a prompt (default 20)")
    c.add_argument(
        "--prompt", default="ask", metavar="FORM", help="ask: as `polysense ask` puts it; or plain"
    )
    c.add_argument(
        "--encoder",
        default="minilm",
        metavar="SPEC",
        help="of a retriever (default minilm); the decoder's folder of an output projector",
    )
    c.add_argument("--noise", type=int, default=3, metavar="N", help="wrong contexts an example")
    c.add_argument(
        "--refusals", type=float, default=0.2, metavar="SHARE", help="with wrong ones alone"
    )
    c.add_argument("--steps", type=int, default=600, metavar="N", help="at most (default 600)")
    c.add_argument("--batch", type=int, default=4, metavar="N", help="examples a step")
    c.add_argument("--accumulate", type=int, default=1, metavar="N", help="batches a step")
    c.add_argument("--rate", type=float, default=2e-4, metavar="R", help="learning rate")
    c.add_argument("--every", type=int, default=50, metavar="N", help="steps between checkpoints")
    c.add_argument("--seed", type=int, default=0, metavar="N", help="of split, noise and weights")
    c.add_argument("--device", default="", metavar="NAME", help="such as cuda (default the best)")
    c.add_argument("--dtype", default="", metavar="NAME", help="of frozen weights: bfloat16")
    c.add_argument("--anyway", action="store_true", help="write it even where nothing is gained")
    c.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER", help=f"default: {FOLDER}/NAME of the file"
    )


def _generator(args: argparse.Namespace) -> int:
    from polysense.ingest.progress import ProgressLine
    from polysense.train.generator.adapters import AdapterSettings
    from polysense.train.generator.recipes import RecipeSettings, build_recipe
    from polysense.train.generator.trainer import TrainerSettings
    from polysense.train.generator.training import GeneratorSettings, run_recipe

    progress = ProgressLine()
    examples = _examples(args, progress)
    adapter = AdapterSettings(args.adapter, rank=args.rank, tokens=args.tokens)
    recipe = build_recipe(
        args.way,
        RecipeSettings(
            args.model, adapter, args.prompt, args.encoder, args.seed, args.device, args.dtype
        ),
    )
    trainer = TrainerSettings(
        steps=args.steps,
        batch=args.batch,
        accumulate=args.accumulate,
        learning_rate=args.rate,
        every=min(args.every, args.steps),
    )
    folder = args.output or FOLDER / args.examples.stem
    result = run_recipe(
        recipe,
        examples,
        folder,
        settings=GeneratorSettings(args.noise, args.refusals, args.seed, trainer),
        anyway=args.anyway,
        progress=progress,
    )
    print_result(args, _result(result, folder), _lines(result, folder))
    return SUCCESS if result.is_written or not recipe.trainable() else FAILURE


def _examples(args: argparse.Namespace, progress: Any) -> list[Example]:
    from polysense.train.generator.examples.files import read_examples, write_examples
    from polysense.train.generator.examples.retrieved import examples_of_library
    from polysense.train.generator.examples.visual_instructions import read_visual_instructions

    if args.retrieve:
        with library(args) as kb:
            examples = examples_of_library(kb, args.examples, args.retrieve, progress)
    elif args.examples.suffix.lower() == ".json":
        examples = read_visual_instructions(args.examples)
    else:
        examples = read_examples(args.examples)
    if args.save_examples:
        write_examples(args.save_examples, examples)
    return examples


def _result(result: Training, folder: Path) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "written": result.is_written,
        "use": result.usage,
        "metrics": result.card.metrics,
        "seconds": result.card.seconds,
    }


def _lines(result: Training, folder: Path) -> list[str]:
    figures = result.card.metrics
    lines = []
    for when in ("before", "after"):
        for name, value in figures.get(when, {}).items():
            lines.append(
                f"{when:<7} {name:<24} {value['value']:8.3f} "
                f"({value['low']:.3f} to {value['high']:.3f}, {value['n']} held out)"
            )
    if not result.card.settings.get("trained numbers"):
        return [*lines, f"Measured only: nothing is trained. The card is in {folder}."]
    change = result.gain
    lines.append(
        f"held-out answers: {change.value:+.3f} nats (95 % {change.low:+.3f} to {change.high:+.3f})"
    )
    if not result.is_written:
        return [
            *lines,
            "Not written: held-out answers have not become likelier beyond noise. The card is in "
            f"{folder}/training; more examples may help, and --anyway writes it all the same.",
        ]
    usage = ["; to use it, in polysense.toml:", f"  {result.usage}"] if result.usage else ["."]
    return [*lines, f"Written to {folder}{usage[0]}", *usage[1:]]
