"""What agents see, through the SDK's own client: on standard input and output, and over HTTP."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import wave
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from PIL import Image

from polysense import registry
from polysense.errors import BadConfig
from polysense.serve.context import Context
from polysense.serve.mcp.content import LONGEST_SIDE, MOST_BYTES, MOST_SECONDS
from polysense.serve.mcp.server import stdio
from polysense.serve.settings import ServerSettings

MOON = "High water follows the moon by an hour."
QUESTION = "What follows the moon?"

Does = Callable[[Client], Awaitable[Any]]
Agent = Callable[..., Any]
Start = Callable[..., str]


@pytest.fixture
def agent(context: Context, tokens: Mapping[str, str], start: Start, tmp_path: Path) -> Agent:
    """agent("read", does) is what `does` gives with a client that has this token; the folder
    `allowed` may be added.
    """
    (tmp_path / "allowed").mkdir()
    base = start(
        replace(context, settings=replace(context.settings, folders=(tmp_path / "allowed",)))
    )

    def run(name: str, does: Does, mode: str = "auto") -> Any:
        return run_client(base, tokens.get(name, name), does, mode)

    return run


def run_client(base: str, token: str, does: Does, mode: str = "auto") -> Any:
    """What `does` gives with a client of this server that has this token."""

    async def main() -> Any:
        async with (
            httpx2.AsyncClient(headers={"authorization": f"Bearer {token}"}, timeout=30) as http,
            Client(streamable_http_client(f"{base}/mcp", http_client=http), mode=mode) as client,
        ):
            return await does(client)

    return anyio.run(main)


def call(tool: str, **arguments: Any) -> Does:
    """Calls one tool."""

    async def does(client: Client) -> Any:
        return await client.call_tool(tool, arguments)

    return does


def kinds(result: Any) -> list[str]:
    """Of the content."""
    return [block.type for block in result.content]


def test_tools_tell_what_they_do(agent: Agent) -> None:
    """Each has a description, a schema of what goes in and comes out, and says whether it only
    reads.
    """

    async def does(client: Client) -> Any:
        return (await client.list_tools()).tools, (
            await client.list_resource_templates()
        ).resource_templates

    tools, templates = agent("read", does)
    by_name = {t.name: t for t in tools}
    assert set(by_name) == {"search", "ask", "add", "show", "list"}
    for name, tool in by_name.items():
        assert tool.description
        assert tool.output_schema["type"] == "object"
        assert tool.annotations.read_only_hint is (name != "add")
        assert all("description" in p for p in tool.input_schema["properties"].values()), name
    assert "allowed" in by_name["add"].description
    assert {t.uri_template for t in templates} == {
        f"polysense://{{library}}/{kind}"
        for kind in ("assets/{asset}", "chunks/{chunk}", "answers/{name}")
    }


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("search", {"query": "moon"}),
        ("ask", {"question": QUESTION}),
        ("list", {}),
        ("show", {"id": "/no/such/place/x.txt"}),
        ("search", {"like": "/etc/hostname"}),
        ("add", {"paths": ["/etc"]}),
    ],
    ids=lambda v: str(v)[:30],
)
def test_a_reader_learns_no_folder(
    agent: Agent, files: Path, tmp_path: Path, tool: str, arguments: dict[str, Any]
) -> None:
    """Of the server: neither from values, nor words, nor links, nor what goes wrong; nor is told
    what to type there.
    """
    result = agent("read", call(tool, **arguments))
    text = result.model_dump_json()
    secrets = (str(files.parent), str(tmp_path), "polysense serve", "polysense list")
    assert [s for s in secrets if s in text] == []


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_asks_over_http(agent: Agent, mode: str) -> None:
    """Clients of today's and of older protocols get the answer as words, as values, and with links
    to its files.
    """
    result = agent("read", call("ask", question=QUESTION), mode)
    assert not result.is_error
    assert result.content[0].text.startswith(f"{MOON} [1]")
    assert result.structured_content["answered"] is True
    assert result.structured_content["evidence"][0]["file"] == "moon.txt"
    assert (
        result.content[-1].uri
        == f"polysense://main/assets/{result.structured_content['evidence'][0]['asset']}"
    )
    unknown = agent("read", call("ask", question="Who won the chess olympiad of 1972?"), mode)
    assert unknown.structured_content["answered"] is False


def test_a_question_that_leans_on_earlier_ones(agent: Agent) -> None:
    """`history` makes it whole; as what it was read stands in the words and in the values. Without
    it, nobody knows what is meant, and nothing of an earlier call is remembered.
    """
    before = {"question": "How many paddles has the mill wheel?", "answer": "Thirty-two. [1]"}
    agent("read", call("ask", question=before["question"]))
    alone = agent("read", call("ask", question="How many paddles has it?"))
    assert alone.structured_content["answered"] is False
    result = agent("read", call("ask", question="How many paddles has it?", history=[before]))
    assert result.structured_content["answered"] is True
    (warning,) = result.structured_content["warnings"]
    assert warning.startswith("read with what was asked before as: ")
    assert "mill wheel" in warning
    assert f"Note: {warning}" in result.content[0].text
    assert result.content[0].text.startswith("The mill wheel has thirty-two paddles. [1]")

    async def does(client: Client) -> Any:
        return next(t for t in (await client.list_tools()).tools if t.name == "ask")

    tool = agent("read", does)
    assert "`history`" in tool.description
    assert "leave it out" in tool.input_schema["properties"]["history"]["description"]
    unreadable = agent("read", call("ask", question="Why?", history=[{"answer": "So."}]))
    assert unreadable.is_error


def test_a_model_searches_again_where_rounds_say_so(
    agent: Agent, make_writing_context: Callable[..., Context], start: Start
) -> None:
    """Its steps are values of the result, each as the command that repeats it; what the server does
    not grant is a note. Without a model, the caller is told to leave it out.
    """
    context = make_writing_context("searches", rounds=3)
    base, token = start(context), context.keyring.add("one")
    result = run_client(base, token, call("ask", question=QUESTION, rounds=50))
    first, last = result.structured_content["steps"]
    assert first.startswith("step 1: polysense search 'mill wheel'")
    assert last == "step 2: answer"
    assert result.structured_content["text"] == f"{MOON} [1]"
    assert "rounds 3, not 50" in result.content[0].text
    assert run_client(base, token, call("ask", question=QUESTION)).structured_content["steps"] == []
    refused = agent("read", call("ask", question=QUESTION, rounds=2))
    assert refused.is_error
    assert "needs a language model" in refused.content[0].text


def test_finds_pictures_and_sounds(agent: Agent) -> None:
    """What is seen or heard comes as such, none of it large; without `media` it does not come."""
    result = agent("read", call("search", query="tone red drawing", k=10))
    pictures = [b for b in result.content if b.type == "image"]
    sounds = [b for b in result.content if b.type == "audio"]
    assert pictures
    assert sounds
    for block in (*pictures, *sounds):
        assert len(base64.b64decode(block.data)) <= MOST_BYTES
    with Image.open(io.BytesIO(base64.b64decode(pictures[0].data))) as picture:
        assert max(picture.size) <= LONGEST_SIDE
    with wave.open(io.BytesIO(base64.b64decode(sounds[0].data))) as sound:
        assert 0 < sound.getnframes() / sound.getframerate() <= MOST_SECONDS
    names = {h["file"] for h in result.structured_content["hits"]}
    assert {"tone.wav", "red.png"} <= names
    assert {"image", "audio"}.isdisjoint(
        kinds(agent("read", call("search", query="tone red drawing", media=False)))
    )
    assert {
        h["modality"]
        for h in agent(
            "read", call("search", query="tone red", modality=["audio"])
        ).structured_content["hits"]
    } == {"audio"}


def test_makes_what_is_wanted(agent: Agent) -> None:
    """A table made for an answer is in the content as what it is, and can be read under its
    address.
    """

    async def does(client: Client) -> Any:
        result = await client.call_tool(
            "ask", {"question": "How many metres at each pier?", "to": ["text", "table"]}
        )
        address = next(
            m["resource"] for m in result.structured_content["made"] if m["modality"] == "table"
        )
        return result, address, await client.read_resource(address)

    result, address, read = agent("read", does)
    embedded = next(b for b in result.content if b.type == "resource")
    assert embedded.resource.uri == address
    assert "North pier" in embedded.resource.text
    assert "North pier" in read.contents[0].text


def test_shows_and_lists(agent: Agent) -> None:
    """A file is listed, shown by its id with a picture of it, and read as what it is; its places
    and those like it are found.
    """

    async def does(client: Client) -> None:
        page = await client.call_tool("list", {"name": "letters", "limit": 1})
        assert (page.structured_content["total"], page.structured_content["next"]) == (2, 1)
        assert page.structured_content["libraries"] == ["main"]
        asset = (await client.call_tool("list", {"name": "moon"})).structured_content["files"][0][
            "asset"
        ]
        view = await client.call_tool("show", {"id": asset})
        place = view.structured_content["places"][0]
        assert place["text"] == MOON
        assert kinds(view) == ["text", "image", "resource_link"]
        assert (await client.call_tool("show", {"id": place["chunk"]})).structured_content[
            "places"
        ] == [place]
        read = (await client.read_resource(view.content[-1].uri)).contents[0]
        assert (read.text, read.mime_type) == (MOON, "text/plain")
        assert (await client.read_resource(f"polysense://main/chunks/{place['chunk']}")).contents[
            0
        ].text == MOON
        red = (await client.call_tool("list", {"name": "red.png"})).structured_content["files"][0]
        picture = (await client.read_resource(f"polysense://main/assets/{red['asset']}")).contents[
            0
        ]
        assert picture.mime_type == "image/png"
        assert len(base64.b64decode(picture.blob)) == red["size"]
        like = await client.call_tool("search", {"like": asset, "query": "paddles"})
        assert "moon.txt" not in {h["file"] for h in like.structured_content["hits"]}

    agent("read", does)


def test_adds_and_tells_how_far_it_is(agent: Agent, tmp_path: Path) -> None:
    """Files below an allowed folder are searchable once `add` is back; a file that fails is named
    with its cause.
    """
    (tmp_path / "allowed" / "oil.txt").write_text("The lamp oil is delivered on Mondays.")
    (tmp_path / "allowed" / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    reports: list[tuple[float, float | None, str | None]] = []

    async def report(done: float, total: float | None, message: str | None) -> None:
        reports.append((done, total, message))

    async def does(client: Client) -> None:
        added = await client.call_tool(
            "add", {"paths": [str(tmp_path / "allowed")]}, progress_callback=report
        )
        assert not added.is_error, added.content
        assert (added.structured_content["state"], added.structured_content["indexed"]) == (
            "done",
            1,
        )
        assert added.structured_content["failed"][0]["uri"].endswith("broken.pdf")
        result = await client.call_tool("search", {"query": "lamp oil"})
        assert result.structured_content["hits"][0]["file"] == "oil.txt"
        later = await client.call_tool("add", {"paths": [str(tmp_path / "allowed")], "wait": 0})
        assert later.structured_content["state"] in ("queued", "running", "done")

    agent("write", does)
    assert reports


def test_tokens_hold_for_tools(agent: Agent, tmp_path: Path) -> None:
    """A reader adds nothing, nobody reaches another library or leaves the allowed folders, and
    without a token nothing is said at all.
    """
    adding = {"paths": [str(tmp_path / "allowed")]}
    assert "may read" in agent("read", call("add", **adding)).content[0].text
    for name, tool, arguments, says in (
        ("read", "search", {"query": "moon", "library": "other"}, "no library 'other'"),
        ("other", "search", {"query": "moon", "library": "main"}, "no library 'main'"),
        ("write", "add", {"paths": ["/etc"]}, "in no folder"),
        ("write", "add", {"paths": [str(tmp_path / "allowed" / ".." / "kb")]}, "in no folder"),
        ("read", "search", {"like": "/etc/passwd"}, "in no folder"),
        ("read", "show", {"id": "/etc/passwd"}, "does not hold"),
        ("read", "search", {}, "nothing was asked"),
        ("read", "search", {"query": "moon", "where": "nonsense ="}, "the filter does not parse"),
    ):
        refused = agent(name, call(tool, **arguments))
        assert refused.is_error, (tool, arguments)
        assert says in refused.content[0].text
    assert agent("other", call("search", query="moon")).structured_content["library"] == "other"

    async def stolen(client: Client) -> Any:
        asset = (await client.call_tool("list", {"library": "other"})).structured_content["files"][
            0
        ]["asset"]
        own = await client.read_resource(f"polysense://other/assets/{asset}")
        for address in (
            f"polysense://main/assets/{asset}",
            "polysense://other/assets/..%2Fkb",
            "polysense://other/answers/..%2F..%2Fkb",
        ):
            with pytest.raises(MCPError):
                await client.read_resource(address)
        return own

    assert agent("other", stolen).contents
    with pytest.raises(BaseExceptionGroup) as denied:
        agent("wrong", call("list"))
    assert denied.group_contains(MCPError)


def test_other_names_of_the_server_are_let_in(
    make_context: Callable[..., Context], start: Start
) -> None:
    """Whom the guard lets in, the SDK does not refuse for the name of the host."""
    base = start(make_context(names=("shelf.example",)))
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "t", "version": "1"},
        },
    }
    headers = {"accept": "application/json, text/event-stream"}
    for host, status in (("shelf.example", 200), ("evil.example", 403)):
        assert (
            httpx2.post(f"{base}/mcp", json=hello, headers={**headers, "host": host}).status_code
            == status
        )


@pytest.fixture
def command(template: Path, tmp_path: Path) -> StdioServerParameters:
    """`polysense mcp` on a library of its own, without models."""
    import shutil

    shutil.copytree(template, tmp_path / "kb")
    plugins = {
        "POLYSENSE_ENCODERS": registry.OFFLINE.encoders,
        "POLYSENSE_CONVERTERS": registry.OFFLINE.converters,
    }
    env = {key: ";".join(f"-{name}" for name in names) for key, names in plugins.items()}
    env |= {
        "POLYSENSE_SERVE_HOME": str(tmp_path / "home"),
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
    }
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "polysense.cli", "mcp", "-l", "kb"],
        env=env,
        cwd=tmp_path,
    )


def test_on_standard_input_and_output(command: StdioServerParameters, tmp_path: Path) -> None:
    """Whoever starts it asks with words and with any file of theirs."""
    (tmp_path / "asked.txt").write_text("What follows the moon?")

    async def main() -> None:
        async with Client(command) as client:
            result = await client.call_tool("ask", {"question": QUESTION})
            assert result.content[0].text.startswith(f"{MOON} [1]")
            add = next(t for t in (await client.list_tools()).tools if t.name == "add")
            assert "Any path that this user may read" in add.description
            like = await client.call_tool("search", {"like": str(tmp_path / "asked.txt")})
            assert like.structured_content["hits"][0]["file"] == "moon.txt"
            missing = await client.call_tool("add", {"paths": [str(tmp_path / "nothing.txt")]})
            assert missing.is_error
            assert "there is no file or folder" in missing.content[0].text

    anyio.run(main)


@pytest.mark.slow
def test_nothing_but_the_protocol_on_standard_output(
    command: StdioServerParameters, tmp_path: Path
) -> None:
    """Every line is a message, also while files are read in other processes; at the end of the
    input it ends well.
    """
    (tmp_path / "oil.txt").write_text("The lamp oil is delivered on Mondays.")
    info = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "t", "version": "1"},
    }
    requests: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": info},
        {"method": "notifications/initialized"},
        {
            "id": 2,
            "method": "tools/call",
            "params": {"name": "add", "arguments": {"paths": [str(tmp_path / "oil.txt")]}},
        },
    ]
    env = {**os.environ, **(command.env or {})}
    with subprocess.Popen(
        [command.command, *command.args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env=env,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for message in requests:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.stdin.close()
        assert process.stdout.read() == ""
        assert process.wait(30) == 0
    assert [a["id"] for a in answers] == [1, 2]
    assert answers[1]["result"]["structuredContent"]["indexed"] == 1


def test_a_library_in_memory_is_refused(bare: registry.Kit, tmp_path: Path) -> None:
    """Its files would be gone with each job."""
    with pytest.raises(BadConfig):
        stdio(ServerSettings(home=tmp_path), "memory://", bare)
