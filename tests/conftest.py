"""Shared fixtures. Real files come from $POLYSENSE_DATA; tests that need them skip with the reason
where it is not set.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from polysense import modalities, registry
from polysense.registry import Kit

# the same examples on every machine, however busy
settings.register_profile("polysense", deadline=None, derandomize=True)
settings.load_profile("polysense")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the tests marked slow")
    parser.addoption("--long", action="store_true", help="also run the tests marked long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for name in ("slow", "long"):
        if config.getoption(f"--{name}"):
            continue
        for item in items:
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=f"{name}; run with --{name}"))


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real files."""
    root = os.environ.get("POLYSENSE_DATA", "")
    if not root or not Path(root).is_dir():
        pytest.skip("needs real files: set POLYSENSE_DATA to their folder")
    return Path(os.path.abspath(root))


@pytest.fixture(scope="session")
def bare() -> Kit:
    """Parsers without models: for what does not depend on them."""
    return registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
    )


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A small folder of words, with one folder inside."""
    folder = tmp_path / "notes"
    (folder / "deep").mkdir(parents=True)
    (folder / "moon.txt").write_text("High water follows the moon by an hour.")
    (folder / "mill.txt").write_text("The mill wheel has thirty-two paddles.")
    (folder / "deep" / "bell.txt").write_text("The old bell is cracked and rings flat.")
    return folder


THERMAL = """
import os, time
import numpy as np
from polysense.errors import Unreadable
from polysense.protocols import Encoder, Parser
from polysense.types import Chunk, Part, Space, Span

class ThermalParser(Parser):
    accepts = frozenset({".thermal"})
    def parse(self, asset):
        text = asset.path.read_text()
        part = Part("thermal", asset.path, name=asset.name)
        yield Chunk(asset, Span(chars=(0, len(text))), "thermal", part, text=text)
        if "crash" in text: os._exit(7)
        if "hang" in text: time.sleep(600)
        if "spin" in text:
            while True: pass
        if "hungry" in text: bytearray(1 << 40)
        if "odd" in text: raise ZeroDivisionError("odd one")
        if "half" in text: raise Unreadable("the second half is missing", "Bring it.")

class ThermalEncoder(Encoder):
    accepts = frozenset({"thermal"})
    signal = "perceptual"
    def __init__(self, *, revision="1"):
        self.space = Space("thermal", str(revision), 4)
    def encode(self, parts, role="document"):
        rows = [[len(p.data.read_bytes()), 1, 2, float(self.space.revision)] for p in parts]
        vectors = np.asarray(rows, np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
"""


Install = Callable[[str, str, Mapping[str, Mapping[str, str]]], Path]
"""(package, source of its one module, group -> name -> class or value of it) -> its folder."""


def _forget_installed() -> None:
    registry.installed.cache_clear()
    modalities.declarations.cache_clear()


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs somebody's package, so that worker processes and commands have it too: plug-ins are
    found by their entry points.
    """
    site, modules = tmp_path / "site-packages", list[str]()
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("PYTHONPATH", str(site), prepend=os.pathsep)

    def install_package(package: str, source: str, points: Mapping[str, Mapping[str, str]]) -> Path:
        module = package.replace("-", "_")
        modules.append(module)
        about = site / f"{module}-1.0.dist-info"
        about.mkdir()
        (site / f"{module}.py").write_text(source)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        lines = [
            line
            for group, names in points.items()
            for line in (f"[polysense.{group}]", *(f"{n} = {module}:{c}" for n, c in names.items()))
        ]
        (about / "entry_points.txt").write_text("\n".join(lines))
        importlib.invalidate_caches()
        _forget_installed()
        return site

    yield install_package
    _forget_installed()
    for module in modules:
        sys.modules.pop(module, None)


@pytest.fixture
def thermal(install: Install) -> Path:
    """Somebody's package, installed: a parser and an encoder for a modality of its own."""
    points = {"parsers": "ThermalParser", "encoders": "ThermalEncoder"}
    return install("polysense-thermal", THERMAL, {g: {"thermal": c} for g, c in points.items()})


@pytest.fixture
def thermal_kit(thermal: Path) -> Kit:
    """`bare`, chosen while `thermal` is installed: with its parser, and no encoder."""
    return registry.kit(
        encoders=[f"-{e}" for e in (*registry.OFFLINE.encoders, "thermal")],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
    )


@pytest.fixture
def common() -> Iterator[Path]:
    """A folder that everybody can reach; pytest's own are closed to others."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def _nobody() -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def nobody() -> Callable[[], AbstractContextManager[None]]:
    """Within it, permissions count even where the tests run as root."""
    if not hasattr(os, "setresuid"):
        pytest.skip("needs POSIX users")
    return _nobody
