"""What runs elsewhere fits the code: the image, the composition, the unit. None of them is run
here; what they name exists.
"""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from dataclasses import fields
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from polysense import cli, config
from polysense.ingest.location import library_folder
from polysense.serve import settings
from polysense.serve.guard import PUBLIC_PATHS
from polysense.serve.settings import PREFIX, ServerSettings
from polysense.stores.milvus.rows import Address

ROOT = Path(__file__).parents[1]
DOCKERFILE, COMPOSE, CLUSTER, UNIT = (
    ROOT / n
    for n in ("Dockerfile", "compose.yaml", "deploy/cluster.env", "deploy/polysense.service")
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def instructions(path: Path) -> list[tuple[str, str]]:
    """The lines of a Dockerfile, continued ones joined: (instruction, rest)."""
    text = "\n".join(
        line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("#")
    )
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [
        (word, rest.strip())
        for word, _, rest in (line.partition(" ") for line in lines if line.strip())
    ]


def image() -> dict[str, str]:
    """The last instruction of each kind of the stage that is the image."""
    steps = instructions(DOCKERFILE)
    last = max(i for i, (word, _) in enumerate(steps) if word == "FROM")
    return dict(steps[last:])


def variables() -> dict[str, str]:
    """What the image sets."""
    return dict(pair.split("=", 1) for pair in shlex.split(image()["ENV"]))


def composition_for(environment: dict[str, str]) -> dict[str, Any]:
    """The composition, its ${NAME:-default} filled in."""
    text = re.sub(
        r"\$\{(\w+):-([^}]*)\}", lambda m: environment.get(m[1]) or m[2], COMPOSE.read_text("utf-8")
    )
    assert "${" not in text
    composition: dict[str, Any] = yaml.safe_load(text)
    return composition


def cluster() -> dict[str, str]:
    """What the cluster's file of variables sets."""
    lines = [
        line
        for line in CLUSTER.read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return dict(line.split("=", 1) for line in lines)


def command(words: list[str]) -> str:
    """What the command line takes these words for."""
    assert Path(words[0]).name in PROJECT["scripts"]
    return str(cli._parser().parse_args(words[1:]).command)


def test_variables_are_read() -> None:
    """Every POLYSENSE_ variable that the files name is one that the code reads."""
    source = "\n".join(p.read_text("utf-8") for p in (ROOT / "src").rglob("*.py"))
    read = {PREFIX + f.name.upper() for f in fields(ServerSettings)} | set(
        re.findall(r"\bPOLYSENSE_[A-Z]+(?:_[A-Z]+)*\b", source)
    )
    read |= {
        f"POLYSENSE_{f.name.upper()}"
        for f in fields(config.Settings)
        if isinstance(getattr(config.Settings(), f.name), str | tuple)
    }
    for path in (DOCKERFILE, COMPOSE, CLUSTER, UNIT):
        names = set(re.findall(r"\bPOLYSENSE_[A-Z_]+", path.read_text("utf-8")))
        assert names, path
        assert names <= read, f"{path.name}: {names - read}"


def test_the_image_listens_where_it_says() -> None:
    """Its variables are settings that fit; the port is the one that is exposed and the default; all
    that it writes is in the volume.
    """
    environment = variables()
    read = settings.read_settings({}, environment=environment)
    assert not read.loopback
    assert read.port == int(image()["EXPOSE"]) == ServerSettings().port
    assert config.read(Path("/nowhere"), environment).library == "/data/kb"
    for name in (
        "HOME",
        "XDG_DATA_HOME",
        "TMPDIR",
        "POLYSENSE_LIBRARY",
        "POLYSENSE_CACHE",
        "POLYSENSE_SERVE_HOME",
    ):
        assert Path(environment[name]).is_relative_to(image()["VOLUME"]), name


def test_the_image_runs_the_server_as_nobody_special() -> None:
    """The entry is a command that parses, in exec form so that the signal reaches it; the user is a
    number, and not root's.
    """
    last = image()
    assert command(json.loads(last["ENTRYPOINT"])) == "serve"
    assert "CMD" not in last
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"])
    assert last["STOPSIGNAL"] == "SIGTERM"
    words = json.loads(last["HEALTHCHECK"].partition(" CMD ")[2])
    assert words[:2] == ["python", "-c"]
    compile(words[2], "healthcheck", "exec")
    assert re.search(r"'(/\w+)'", words[2])[1] in PUBLIC_PATHS  # type: ignore[index]


def test_the_image_is_built_of_what_is_there() -> None:
    """What is copied exists and is let through; the base image's Python is one that the project
    takes; its extras exist.
    """
    steps = instructions(DOCKERFILE)
    arguments = dict(rest.partition("=")[::2] for word, rest in steps if word == "ARG")
    assert re.match(r"3\.(\d+)-slim", arguments["PYTHON"])[1] >= PROJECT[
        "requires-python"
    ].removeprefix(">=3.")  # type: ignore[index]
    assert set(arguments["EXTRAS"].strip('"').split(",")) <= set(PROJECT["optional-dependencies"])
    lines = [
        line
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert lines[0] == "*"
    passed = [line[1:] for line in lines if line.startswith("!")]
    sources = [
        name
        for word, rest in steps
        if word == "COPY" and not rest.startswith("--from")
        for name in rest.split()[:-1]
    ]
    assert sources
    for name in sources:
        assert (ROOT / name).exists(), name
        assert any(fnmatch(name, pattern) for pattern in passed), name
    assert {PROJECT["readme"], "src"} <= set(sources)


@pytest.mark.parametrize("environment", [{}, cluster()], ids=["alone", "cluster"])
def test_the_composition_hangs_together(environment: dict[str, str]) -> None:
    """Services, volumes and networks that are named are there; images have versions; alone, it is
    reached from this machine only.
    """
    composition = composition_for(environment)
    services, ours = composition["services"], composition["services"]["polysense"]
    assert ours["ports"] == [f"127.0.0.1:{ServerSettings().port}:{ServerSettings().port}"]
    for name, service in services.items():
        version = service["image"].rpartition(":")[2]
        assert any(c.isdigit() for c in version), name
        assert set(service.get("depends_on", {})) <= set(services), name
        assert set(service.get("networks", [])) <= set(composition["networks"]), name
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source.startswith("./") or source in composition["volumes"], volume
        assert name == "polysense" or (
            service["profiles"] == ["cluster"] and "ports" not in service
        )
    assert ours["image"] == f"polysense:{PROJECT['version']}"
    assert set(ours["build"]["args"]) <= {
        rest.partition("=")[0] for word, rest in instructions(DOCKERFILE) if word == "ARG"
    }
    read = settings.read_settings({}, environment={**variables(), **ours["environment"]})
    assert [str(f) for f in read.folders] == [
        v.split(":")[1] for v in ours["volumes"] if v.endswith(":ro")
    ]


def test_alone_and_with_a_cluster_it_opens_a_library() -> None:
    """Alone the library is in the volume; with the cluster it is in the service of that name, and
    what waits for it waits only then.
    """
    alone, both = (composition_for(e)["services"]["polysense"] for e in ({}, cluster()))
    assert alone["environment"]["POLYSENSE_LIBRARY"] == variables()["POLYSENSE_LIBRARY"]
    scheme, _, rest = both["environment"]["POLYSENSE_LIBRARY"].partition("://")
    assert scheme == "milvus"
    at = Address.parse(rest, {})
    host, _, port = at.uri.removeprefix("http://").partition(":")
    assert host in composition_for({})["services"]
    assert port == "19530"
    assert not alone["depends_on"][host]["required"]
    assert library_folder(alone["environment"]["POLYSENSE_LIBRARY"]) == Path("/data/kb")
    used = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text("utf-8")))
    assert set(cluster()) <= used | {"COMPOSE_PROFILES"}
    assert (
        "milvus"
        in dict(
            rest.partition("=")[::2] for word, rest in instructions(DOCKERFILE) if word == "ARG"
        )["EXTRAS"]
    )


def unit() -> configparser.RawConfigParser:
    """The unit; of a key that is there several times, the last."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNIT.read_text("utf-8"))
    return parser


def test_the_unit_runs_the_server() -> None:
    """Its command parses; what it writes is where it may write; it may do nothing else."""
    service = unit()["Service"]
    assert command(shlex.split(service["ExecStart"])) == "serve"
    set_ = dict(re.findall(r"^Environment=(\w+)=(.*)$", UNIT.read_text("utf-8"), re.M))
    for name in ("HOME", "XDG_DATA_HOME", "POLYSENSE_LIBRARY", "POLYSENSE_SERVE_HOME"):
        assert set_[name].startswith(f"%S/{service['StateDirectory']}"), name
    assert set_["POLYSENSE_CACHE"].startswith(f"%C/{service['CacheDirectory']}")
    assert service["EnvironmentFile"] == "-/etc/polysense.env"
    assert service["User"] not in ("", "root")
    for name, value in (
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
        ("Restart", "on-failure"),
        ("CapabilityBoundingSet", ""),
    ):
        assert service[name] == value


def test_the_unit_is_one(tmp_path: Path) -> None:
    """systemd knows every key of it."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    here = tmp_path / "polysense.service"
    text = UNIT.read_text("utf-8").replace(
        unit()["Service"]["ExecStart"].split()[0], sys.executable
    )
    here.write_text(text)
    verification = subprocess.run(
        ["systemd-analyze", "verify", str(here)], capture_output=True, text=True, timeout=60
    )
    assert (verification.returncode, verification.stderr) == (0, "")


@pytest.mark.slow
def test_started_as_in_the_image_it_is_healthy_and_stops(tmp_path: Path) -> None:
    """With the image's variables (its folder moved here, on a free port) the entry serves, the
    health check passes, the signal ends it.
    """
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    (tmp_path / "tmp").mkdir()
    here = {n: v.replace("/data", str(tmp_path)) for n, v in variables().items() if n != "PATH"} | {
        "POLYSENSE_SERVE_PORT": str(port)
    }
    outside = {n: v for n, v in os.environ.items() if not n.startswith(("POLYSENSE_", "XDG_"))}
    entry, check = (
        json.loads(image()["ENTRYPOINT"]),
        json.loads(image()["HEALTHCHECK"].partition(" CMD ")[2]),
    )
    run = [
        sys.executable,
        "-c",
        "import sys; from polysense.cli import main; sys.exit(main())",
        *entry[1:],
    ]
    process = subprocess.Popen(
        run, env={**outside, **here}, cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    try:
        until, healthy = time.monotonic() + 60, False
        while not healthy:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < until, "the server did not become healthy"
            healthy = (
                subprocess.run(
                    [sys.executable, *check[1:]],
                    env={**outside, **here},
                    capture_output=True,
                    timeout=30,
                ).returncode
                == 0
            )
        process.send_signal(getattr(signal, image()["STOPSIGNAL"]))
        output = process.communicate(timeout=30)[1]
    finally:
        process.kill()
        process.wait()
    assert process.returncode in (0, -signal.SIGTERM)
    assert "token (told only now)" in output
    assert (tmp_path / "serve" / "tokens.json").is_file()
