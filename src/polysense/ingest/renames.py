"""Places that are gone because their folder was renamed or moved: what lay there lies elsewhere."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from polysense.ingest.uris import enclosing_uris

RENAMED_SHARE = 0.5
"""Of the files that were known in a folder, the share of which more must lie in another for
it to be the same folder under a new name. Judged: two disks have a few files in common, a folder
that was renamed keeps most of its own.
"""


def find_departures(
    arrivals: Iterable[tuple[str, str]], assets_by_uri: Mapping[str, str]
) -> dict[str, str]:
    """uri -> asset id of known places that are there no more, since their content has arrived
    elsewhere; arrivals are (uri, asset id).

    Where a folder only has another name in the folder that it lies in, and most of what was known
    in it, all of that is gone. Any other folder may be a copy of a disk that is not there today: of
    that, only what has arrived.
    """
    uris_by_asset: dict[str, list[str]] = {}
    for uri, asset in assets_by_uri.items():
        if asset:
            uris_by_asset.setdefault(asset, []).append(uri)
    departures, present_files = dict[str, str](), set[str]()
    arrived_by_renaming: dict[tuple[str, str], set[str]] = {}
    for uri, asset in arrivals:
        for old in uris_by_asset.get(asset, ()):
            if old == uri or old in present_files:
                continue
            if old not in departures and _exists(old):
                present_files.add(old)
                continue
            departures |= {u: assets_by_uri[u] for u in enclosing_uris(old) if u in assets_by_uri}
            for renaming in _renamed_folder(old, uri):
                arrived_by_renaming.setdefault(renaming, set()).add(old)
    for folder in _kept_folders(arrived_by_renaming, assets_by_uri):
        departures |= {u: a for u, a in assets_by_uri.items() if folder in enclosing_uris(u)}
    return departures


def _kept_folders(
    arrived_by_renaming: Mapping[tuple[str, str], set[str]], assets_by_uri: Mapping[str, str]
) -> set[str]:
    """Of folders that may have another name now, those that have most of their files there.

    arrived_by_renaming: the known uris that arrived, by the old name and the new one.
    """
    old_folders = {old for old, _ in arrived_by_renaming}
    counts = Counter[str]()
    for uri, asset in assets_by_uri.items() if old_folders else ():
        if asset:
            counts.update(old_folders.intersection(enclosing_uris(uri)))
    return {
        old
        for (old, new), arrived in arrived_by_renaming.items()
        if len(arrived) > RENAMED_SHARE * counts[old] and not os.path.ismount(new)
    }


def _exists(uri: str) -> bool:
    """Whether a file is there, or the archive that it lies in."""
    return os.path.lexists(uri) or os.path.lexists(uri.partition("!/")[0])


def _renamed_folder(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The folder of the old uri that lies under another name beside where it was, and that name,
    if one does.
    """
    old_steps, new_steps = old.split("/"), new.split("/")
    while old_steps and new_steps and old_steps[-1] == new_steps[-1]:
        old_steps.pop()
        new_steps.pop()
    folder = "/".join(old_steps)
    is_folder = len(folder) < len(old) and old_steps and not folder.endswith("!")
    if is_folder and old_steps[:-1] == new_steps[:-1] and not os.path.lexists(folder):
        yield folder, "/".join(new_steps)
