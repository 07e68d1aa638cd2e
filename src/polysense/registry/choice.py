"""Which of the plug-ins that are installed are used, and why.

One rule for every kind. The plug-ins of the profile are used, and those that the settings name;
"-name" leaves one out. A plug-in of another package that is merely installed is used where it adds
something that nothing in use does, and takes nothing over: what is read, encoded or made now is
not changed by installing a package. Else it is only offered: `polysense doctor` tells so, and
naming it uses it.

    parsers     are used for those of their types that nothing else in use reads; a type that
                several read goes to the one named last, else to the profile's
    encoders    add a space beside the others: one new modality is enough
    converters, generators
                stand in for each other by their cost, so all that they turn into something must be
                new
    rerankers   change the order of all that they accept, so all of that must be new
    rewriters   change every question, so they must be named
    language_models
                are sent what is asked and what answers it, so they must be named; so must a
                plug-in of any kind that asks one

Of two merely installed ones that do the same, the package that comes first by its name is used. A
name belongs to this package's plug-in, then to the first package; the other is "package/name".
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import Any

from polysense.modalities import BUILT_IN
from polysense.registry.parser_table import assign
from polysense.registry.plugins import (
    OURS,
    asks_language_model,
    current_name,
    entry_of,
    installed,
    load,
    package_of,
)
from polysense.registry.spec import Spec


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a plug-in is used, as what, and why (or why not)."""

    group: str
    name: str
    spec: str
    is_used: bool
    why: str
    is_left_out: bool = False


def choose(group: str, base: Sequence[str], requested: Sequence[str]) -> tuple[Choice, ...]:
    """A choice for each plug-in of a group, those in use first, in the order in which they count.

    base are a profile's specs, requested what the settings say ("name", "name:key=value",
    "-name"). Raises BadConfig for names that are not installed.
    """
    in_use, left_out = _apply_requests(group, base, requested)
    used = [
        Choice(group, name, spec, True, _reason(name, spec, base, requested))
        for name, spec in in_use.items()
    ]
    idle = [Choice(group, n, n, False, f"left out by `-{n}`", is_left_out=True) for n in left_out]
    rest = [n for n in installed(group) if n not in in_use and n not in left_out]
    ours = [n for n in rest if package_of(installed(group)[n]) == OURS]
    idle += [Choice(group, n, n, False, "not in the profile; name it to use it") for n in ours]
    others = sorted(set(rest) - set(ours), key=lambda n: (package_of(installed(group)[n]), n))
    # what is in use is only looked at where somebody else wants to join it
    owners = _owners_in_use(group, in_use.values()) if others else {}
    for name in others:
        choice = _admit(group, name, owners)
        (used if choice.is_used else idle).append(choice)
    return (*used, *idle)


def _apply_requests(
    group: str, base: Sequence[str], requested: Sequence[str]
) -> tuple[dict[str, str], list[str]]:
    """The specs in use by name, and the names left out."""
    in_use = {Spec.parse(spec).name: spec for spec in base}
    left_out: dict[str, None] = {}
    explicit: dict[str, None] = {}
    for text in requested:
        is_left_out = text.startswith("-")
        parsed = Spec.parse(text.removeprefix("-"))
        name = current_name(group, parsed.name)
        entry_of(group, name)  # a mistake is told at once
        explicit.pop(name, None)
        left_out.pop(name, None)
        if is_left_out:
            in_use.pop(name, None)
            left_out[name] = None
        else:
            in_use[name] = str(replace(parsed, name=name)) if name != parsed.name else text
            explicit[name] = None
    if group == "parsers":  # the one named last reads what several accept
        in_use = {n: in_use[n] for n in dict.fromkeys((*reversed(explicit), *in_use))}
    return in_use, list(left_out)


def _reason(name: str, spec: str, base: Sequence[str], requested: Sequence[str]) -> str:
    if name not in {Spec.parse(each).name for each in base}:
        return "named in the settings"
    return "in the profile" + (", and named in the settings" if spec in requested else "")


def _admit(group: str, name: str, owners: dict[Hashable, str]) -> Choice:
    """The choice for one that is merely installed; `owners` grows by what it adds."""
    package = package_of(installed(group)[name])
    if group == "language_models":
        return _offer(group, name, "what is asked would be sent to it")
    word = name.rpartition("/")[2]
    if word != name:
        owner = package_of(installed(group)[word])
        return _offer(group, name, f"{owner} has a plug-in called {word!r}")
    try:
        if asks_language_model(installed(group)[name].load()):
            return _offer(group, name, "what is asked would be sent to a language model")
        additions, replacements = _claims(group, load(group, name))
    except Exception as e:  # noqa: BLE001 - somebody's module may fail in any way, and must not stop all others
        return Choice(group, name, name, False, f"cannot be loaded: {type(e).__name__}: {e}")
    conflict = next((c for c in replacements if c in owners), None)
    new = (
        _new(group, additions, owners) if additions else [c for c in replacements if c != conflict]
    )
    if conflict is not None or not new:
        conflict = conflict or next(iter(additions), None)
        return _offer(
            group, name, f"{owners.get(conflict, 'another')} {_words(group, conflict)} already"
        )
    owners |= dict.fromkeys([*new, *replacements], name)
    return Choice(group, name, name, True, f"installed by {package}: alone {_words(group, new[0])}")


def _offer(group: str, name: str, reason: str) -> Choice:
    return Choice(group, name, name, False, f'offered: {reason}; {group} = ["{name}"] uses it')


def _new(
    group: str, additions: Sequence[Hashable], owners: Mapping[Hashable, str]
) -> list[Hashable]:
    if group != "parsers":
        return [c for c in additions if c not in owners]
    readers_by_type = assign([map(str, owners), map(str, additions)])
    return [c for c in additions if readers_by_type.get(str(c)) == 1]


def _owners_in_use(group: str, specs: Iterable[str]) -> dict[Hashable, str]:
    owners: dict[Hashable, str] = {}
    if group == "rerankers":
        owners |= dict.fromkeys(BUILT_IN, "every search")  # by its spaces and words
    if group == "rewriters":
        owners["questions"] = "every search"  # as they are
    for spec in specs:
        plugin = entry_of(group, Spec.parse(spec).name).load()
        if not asks_language_model(plugin):  # what such a one does is declared on its class
            plugin = load(group, spec)
        for claim in chain(*_claims(group, plugin)):
            owners.setdefault(claim, Spec.parse(spec).name)
    return owners


def _claims(group: str, plugin: Any) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
    """What a plug-in does, one by one: beside others, and in the place of others."""
    match group:
        case "parsers":
            return sorted(plugin.accepts), ()
        case "encoders":
            return sorted(plugin.accepts), (f"the space {plugin.space.name!r}",)
        case "converters":
            return (), list(product([plugin.source], sorted(plugin.targets)))
        case "generators":
            return (), list(product(sorted(plugin.accepts), [plugin.emits]))
        case "rewriters":
            return (), ["questions"]
        case _:
            return (), sorted(plugin.accepts)


def _words(group: str, claim: Hashable) -> str:
    if isinstance(claim, tuple):
        return f"makes {claim[1]} of {claim[0]}"
    verbs = {"parsers": "reads", "encoders": "encodes", "rerankers": "ranks", "rewriters": "reads"}
    verb = verbs[group]
    return f"{verb} {claim or 'it'}"
