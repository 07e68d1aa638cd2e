"""What is installed, what it can do, and what to install for more."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import requires, version
from types import MappingProxyType
from typing import Any

from polysense import registry
from polysense.errors import PolysenseError
from polysense.modalities import BUILT_IN, declarations
from polysense.protocols import LanguageModel
from polysense.weights.pretrained import without_hub


def examine(
    profile: str = "offline", requested: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> dict[str, Any]:
    """Every plug-in with what it does, or what keeps it from loading; whether it is used, and why.

    requested is what the settings say of each group. "reads" says which parser reads each type,
    "more" are the packages that are not here, by the extra that brings them, "problems" what keeps
    plug-ins in use from running as they are configured, "compositions" what stands where in models
    that tell. Raises BadConfig where the settings name
    what is not installed.
    """
    groups = {g: requested.get(g, ()) for g in registry.GROUPS if g != "stores"}
    choices = {(c.group, c.name): c for c in registry.choices(profile, groups)}
    plugins = [
        _plugin(group, name, choices.get((group, name)))
        for group in registry.GROUPS
        for name in registry.installed(group)
    ]
    problems, compositions = _problems(choices.values())
    return {
        "polysense": version("polysense"),
        "python": platform.python_version(),
        "platform": f"{sys.platform} {platform.machine()}",
        "ok": all(p["ok"] for p in plugins)
        and not any(d.problem for d in declarations())
        and not problems,
        "problems": problems,
        "compositions": compositions,
        "plugins": plugins,
        "reads": _readers(choices.values()),
        "modalities": _modalities(),
        "more": registry.missing_packages(requires("polysense") or ()),
        "profile": {
            "offline": {
                group: list(getattr(registry.OFFLINE, group))
                for group in ("parsers", "encoders", "converters", "generators")
            }
        },
    }


def _readers(choices: Iterable[registry.Choice]) -> list[dict[str, str]]:
    """Which parser reads each type, and why; what none reads as the settings say so."""
    parsers = [c for c in choices if c.group == "parsers"]
    why = {c.spec: c.why for c in parsers if c.is_used}
    table = registry.readers([*why, *(f"-{c.name}" for c in parsers if c.is_left_out)])
    rows = [
        {"type": t, "parser": r.spec, "from": r.package, "why": why[r.spec]}
        for t, r in table.by_type.items()
    ]
    rows += [
        {"type": t, "parser": "", "from": "", "why": f"left out by {', '.join(words)}"}
        for t, words in table.left_out.items()
        if t not in table.by_type
    ]
    return sorted(rows, key=lambda row: row["type"])


def _modalities() -> list[dict[str, str]]:
    """Every modality that is declared, and what keeps a declaration from being used."""
    ours = [{"name": name, "from": "polysense", "problem": ""} for name in BUILT_IN]
    return ours + [
        {"name": d.name, "from": d.package, "problem": d.problem} for d in declarations()
    ]


def summary(kind: type) -> str:
    """The first paragraph of a plug-in's docstring, as one line."""
    return " ".join((kind.__doc__ or "").strip().split("\n\n")[0].split())


def _problems(
    choices: Iterable[registry.Choice],
) -> tuple[list[dict[str, str]], list[dict[str, Any]]]:
    """What keeps plug-ins in use from running: packages that are missing, options that make no
    sense, models that are not there. And what stands where in those that can run and tell.
    """
    problems: list[dict[str, str]] = []
    compositions: list[dict[str, Any]] = []
    language_model: LanguageModel | None = None
    used = [c for c in choices if c.is_used]
    for c in sorted(used, key=lambda c: c.group != "language_models"):
        entry = registry.installed(c.group)[registry.current_name(c.group, c.name)]
        try:
            with without_hub():
                plugin = registry.load(c.group, c.spec, language_model=language_model)
                fault = registry.fault(plugin)
                tells = fault is None and hasattr(plugin, "composition")
                places = list(plugin.composition()) if tells else []
        except PolysenseError as e:
            problem: PolysenseError | None = e
        except Exception:  # noqa: BLE001 - somebody's module: told where it is listed
            continue
        else:
            problem = None if _is_spared(c) else registry.lacking(entry, type(plugin)) or fault
            if c.group == "language_models" and language_model is None:
                language_model = plugin
            if places:
                row = [{"place": place, "name": name} for place, name in places]
                compositions.append({"plugin": c.spec, "places": row})
        if problem:
            problems.append({"plugin": c.spec, "problem": str(problem), "hint": problem.hint})
    return problems, compositions


def _is_spared(choice: registry.Choice) -> bool:
    """Whether a plug-in may lack its extra: a parser that nobody named, whose files say so."""
    return choice.group == "parsers" and choice.why == "in the profile"


def _plugin(group: str, name: str, choice: registry.Choice | None) -> dict[str, Any]:
    entry = registry.installed(group)[name]
    description: dict[str, Any] = {
        "group": group,
        "name": name,
        "from": registry.package_of(entry),
        "used": choice is not None and choice.is_used,
        "why": choice.why if choice else "where a library's address names it",
    }
    try:
        plugin = entry.load()
    except Exception as e:  # noqa: BLE001 - somebody's module may fail in any way, and saying how is what this is for
        return description | {
            "ok": False,
            "takes": [],
            "gives": [],
            "does": f"cannot be loaded: {type(e).__name__}: {e}",
            "lacks": "",
        }
    accepts = getattr(plugin, "accepts", ())
    if not isinstance(accepts, Iterable):
        accepts = ()  # its options decide
    lacks = registry.lacking(entry, plugin)
    takes = accepts or filter(None, [getattr(plugin, "source", "")])
    gives = getattr(plugin, "targets", ()) or filter(None, [getattr(plugin, "emits", "")])
    return description | {
        "ok": True,
        "takes": sorted(takes),
        "gives": sorted(gives),
        "does": summary(plugin),
        "lacks": lacks.hint if lacks else "",
    }


def report_lines(report: dict[str, Any]) -> Iterable[str]:
    """For people."""
    yield f"polysense {report['polysense']}, Python {report['python']}, {report['platform']}"
    for group in registry.GROUPS:
        yield f"\n{group}"
        for p in report["plugins"]:
            if p["group"] == group:
                conversion = (
                    f"{', '.join(p['takes'])} -> {', '.join(p['gives'])}: " if p["gives"] else ""
                )
                sign = "!" if not p["ok"] else "+" if p["used"] or group == "stores" else "-"
                yield f"  {sign} {p['name']:<14} {conversion}{p['does']}"
                if p["lacks"]:
                    yield f"      not ready: {p['lacks']}"
                elif not p["why"].startswith(("in the profile", "where")):
                    yield f"      {p['why']}"
    yield "\nwho reads what"
    for parser in dict.fromkeys(row["parser"] for row in report["reads"]):
        rows = [row for row in report["reads"] if row["parser"] == parser]
        name = f"{parser} ({rows[0]['from']})" if parser else "nobody"
        yield f"  {name}: {', '.join(row['type'] for row in rows)}; {rows[0]['why']}"
    yield "\nmodalities"
    for m in report["modalities"]:
        sign, problem = ("!", f": not used: {m['problem']}") if m["problem"] else ("+", "")
        yield f"  {sign} {m['name']} ({m['from']}){problem}"
    if report["more"]:
        yield "\nmore"
        for extra, packages in report["more"].items():
            yield f"    pip install 'polysense[{extra}]'  brings {', '.join(packages)}"
    if report["compositions"]:
        yield "\nwhat stands where"
        for row in report["compositions"]:
            places = " -> ".join(f"{p['place']}: {p['name']}" for p in row["places"])
            yield f"  {row['plugin']}"
            yield f"      {places}"
    if report["problems"]:
        yield "\nwhat cannot run as it is configured"
        for row in report["problems"]:
            yield f"  ! {row['plugin']}: {row['problem']}"
            yield f"      {row['hint']}"
