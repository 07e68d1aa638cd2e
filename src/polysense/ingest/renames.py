"""Places that are gone because their folder was renamed or moved: what lay there lies elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping

from polysense.ingest.uris import enclosing_uris


def find_departures(
    arrivals: Iterable[tuple[str, str]], assets_by_uri: Mapping[str, str]
) -> dict[str, str]:
    """uri -> asset id of known places that are there no more, since their content has arrived
    elsewhere; arrivals are (uri, asset id).

    Where a folder only has another name in the folder that it lies in, all that was known in it is
    gone. A folder that is elsewhere may be a copy of a disk that is not there today: of that, only
    what has arrived.
    """
    uris_by_asset: dict[str, list[str]] = {}
    for uri, asset in assets_by_uri.items():
        if asset:
            uris_by_asset.setdefault(asset, []).append(uri)
    departures, renamed_folders, present_files = dict[str, str](), set[str](), set[str]()
    for uri, asset in arrivals:
        for old in uris_by_asset.get(asset, ()):
            if old == uri or old in departures or old in present_files:
                continue
            if _exists(old):
                present_files.add(old)
                continue
            departures |= {u: assets_by_uri[u] for u in enclosing_uris(old) if u in assets_by_uri}
            renamed_folders.update(_renamed_folder(old, uri))
    for uri, asset in assets_by_uri.items() if renamed_folders else ():
        if renamed_folders.intersection(enclosing_uris(uri)):
            departures[uri] = asset
    return departures


def _exists(uri: str) -> bool:
    """Whether a file is there, or the archive that it lies in."""
    return os.path.lexists(uri) or os.path.lexists(uri.partition("!/")[0])


def _renamed_folder(old: str, new: str) -> Iterator[str]:
    """The folder of the old uri that lies under another name beside where it was, if one does."""
    old_steps, new_steps = old.split("/"), new.split("/")
    while old_steps and new_steps and old_steps[-1] == new_steps[-1]:
        old_steps.pop()
        new_steps.pop()
    folder = "/".join(old_steps)
    is_folder = len(folder) < len(old) and old_steps and not folder.endswith("!")
    if is_folder and old_steps[:-1] == new_steps[:-1] and not os.path.lexists(folder):
        yield folder
