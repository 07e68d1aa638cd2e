"""Plug-ins by name: entry points, specs, profiles, and the kit that a library works with.

A spec is "clip:model=/models/clip". `choice` says which of the plug-ins that are installed are
used, `parser_table` who reads which type of file.
"""

from polysense.registry.addresses import REMOTE_SCHEMES, store, store_folder, store_spec
from polysense.registry.choice import Choice
from polysense.registry.kits import (
    Kit,
    asked_by,
    bridges_languages,
    choices,
    kit,
    kit_from_specs,
    reads_language,
)
from polysense.registry.parser_table import Reader, Readers, readers
from polysense.registry.plugins import (
    CURRENT_NAMES,
    GROUPS,
    asks_language_model,
    current_name,
    installed,
    load,
    package_of,
)
from polysense.registry.profiles import OFFLINE, Profile, profile, profile_names
from polysense.registry.readiness import fault, lacking, missing_packages
from polysense.registry.spec import Spec

__all__ = [
    "CURRENT_NAMES", "GROUPS", "OFFLINE", "REMOTE_SCHEMES", "Choice", "Kit", "Profile",
    "Reader", "Readers", "Spec", "asked_by", "asks_language_model", "bridges_languages", "choices",
    "current_name", "fault", "installed", "kit", "kit_from_specs", "lacking", "load",
    "missing_packages", "package_of", "profile", "profile_names", "readers", "reads_language",
    "store", "store_folder", "store_spec",
]  # fmt: skip
