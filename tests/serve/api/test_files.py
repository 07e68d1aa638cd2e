"""Files over HTTP: in by form, body, address and folder; out again; read again when they failed."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from polysense.serve.app import build_app
from polysense.serve.context import Context

MAIN = "/api/libraries/main"


def names(client: TestClient) -> set[str]:
    return {a["name"] for a in client.get(f"{MAIN}/assets").json()["assets"]}


def found_names(client: TestClient, words: str) -> list[str]:
    return [
        h["uri"].rpartition("/")[2]
        for h in client.post(f"{MAIN}/search", json={"text": words}).json()["hits"]
    ]


def test_by_form(client: TestClient, wait_for_job: Any) -> None:
    """Several at once, in their folders; searchable when the job is done."""
    files = [
        ("files", ("birds/heron.txt", b"herons stand in reeds")),
        ("files", ("birds/owl.txt", b"owls hunt at night")),
    ]
    answer = client.post(f"{MAIN}/files", files=files)
    assert answer.status_code == 202
    assert answer.json()["files"] == ["birds/heron.txt", "birds/owl.txt"]
    job = wait_for_job(client, answer.json()["job"])
    assert (job["state"], job["result"]["indexed"]) == ("done", 2)
    assert found_names(client, "herons") == ["heron.txt"]
    assert found_names(client, "owls") == ["owl.txt"]


def test_by_body_and_again(client: TestClient, wait_for_job: Any) -> None:
    """The same name is the same file: what was in it is found no more."""
    for words, index in (("herons stand", 1), ("otters swim", 1)):
        answer = client.put(f"{MAIN}/files/notes/a.txt", content=words.encode())
        assert answer.json()["files"] == ["notes/a.txt"]
        assert wait_for_job(client, answer.json()["job"])["result"]["indexed"] == index
        time.sleep(0.01)
    assert found_names(client, "herons") == []
    assert found_names(client, "otters") == ["a.txt"]
    assert client.put(f"{MAIN}/files/a.txt", content=b"").status_code == 400


def test_a_form_that_fails_half_way(
    client: TestClient, context: Context, wait_for_job: Any
) -> None:
    """What had come is found all the same: it is there."""
    answer = client.post(
        f"{MAIN}/files", files=[("files", ("a.txt", b"herons stand")), ("files", ("...", b"x"))]
    )
    assert answer.status_code == 400
    (job,) = client.get(f"{MAIN}/jobs").json()["jobs"]
    assert wait_for_job(client, job)["state"] == "done"
    assert found_names(client, "herons") == ["a.txt"]


def test_from_folders(make_context: Any, wait_for_job: Any, tmp_path: Path) -> None:
    """Those that the server allows, and what is below them; by no detour to others."""
    allowed, secret = tmp_path / "allowed", tmp_path / "secret"
    (allowed / "deep").mkdir(parents=True)
    secret.mkdir()
    (allowed / "deep" / "a.txt").write_text("herons stand")
    (secret / "b.txt").write_text("otters swim")
    (allowed / "link").symlink_to(secret)
    with TestClient(
        build_app(make_context(folders=(allowed.resolve(),))), base_url="http://localhost"
    ) as client:

        def sync(*paths: Path | str) -> Any:
            return client.post(f"{MAIN}/sync", json={"paths": [str(p) for p in paths]})

        assert wait_for_job(client, sync(allowed / "deep").json())["result"]["indexed"] == 1
        assert found_names(client, "herons") == ["a.txt"]
        for path in (
            secret,
            f"{allowed}/../secret",
            allowed / "link",
            "/",
            "/etc",
            "",
            ".",
            tmp_path,
            f"{allowed}x",
            "~",
        ):
            assert sync(path).status_code == 403, path
        assert sync(allowed / "deep", secret).status_code == 403
        assert sync(allowed / "none").status_code == 404
        assert sync(allowed / ("x" * 300)).status_code == 404
        assert sync(f"{allowed}/\0").status_code == 422


def test_without_folders_none_are_synced(client: TestClient, tmp_path: Path) -> None:
    """The default."""
    answer = client.post(f"{MAIN}/sync", json={"paths": [str(tmp_path)]})
    assert answer.status_code == 403
    assert "--allow" in answer.json()["hint"]


def test_addresses_are_off_by_default(client: TestClient) -> None:
    """No host is fetched from unless it is named."""
    answer = client.post(f"{MAIN}/urls", json={"url": "https://example.org/a.pdf"})
    assert answer.status_code == 403
    assert "url_hosts" in answer.json()["hint"]


def test_removing(client: TestClient, context: Context, wait_for_job: Any, files: Path) -> None:
    """An upload goes with its content, to the bin; a file of the machine is only forgotten."""
    wait_for_job(client, client.put(f"{MAIN}/files/a.txt", content=b"herons stand").json()["job"])
    ids = {a["name"]: a["asset"] for a in client.get(f"{MAIN}/assets").json()["assets"]}
    for name in ("a.txt", "moon.txt"):
        answer = client.delete(f"{MAIN}/assets/{ids[name]}")
        assert answer.status_code == 202
        assert wait_for_job(client, answer.json())["result"] == {"removed": 1}
    assert not (context.pool.get("main").uploads / "a.txt").exists()
    assert (files / "letters" / "moon.txt").exists()
    assert {"a.txt", "moon.txt"} & names(client) == set()
    assert client.delete(f"{MAIN}/assets/{ids['a.txt']}").status_code == 404


def test_what_was_removed_is_put_back(
    client: TestClient, context: Context, wait_for_job: Any, files: Path
) -> None:
    """An upload with its content, a file of the machine by being read again; while the removal
    still waits, too; once.
    """
    wait_for_job(client, client.put(f"{MAIN}/files/a.txt", content=b"herons stand").json()["job"])
    ids = {a["name"]: a["asset"] for a in client.get(f"{MAIN}/assets").json()["assets"]}
    for name, is_waiting in (("a.txt", False), ("a.txt", True), ("moon.txt", False)):
        job = client.delete(f"{MAIN}/assets/{ids[name]}").json()
        if not is_waiting:
            wait_for_job(client, job)
            assert name not in names(client)
        answer = client.post(f"{MAIN}/assets/{ids[name]}/restore")
        assert answer.status_code == 202
        wait_for_job(client, answer.json())
        assert name in names(client)
        assert client.post(f"{MAIN}/assets/{ids[name]}/restore").status_code == 404
    assert (context.pool.get("main").uploads / "a.txt").read_bytes() == b"herons stand"
    hits = client.post(f"{MAIN}/search", json={"text": "herons"}).json()["hits"]
    assert hits[0]["uri"].endswith("a.txt")


def test_failures_are_really_read_again(
    client: TestClient, context: Context, wait_for_job: Any
) -> None:
    """A file that failed and has not changed is known as failed: reading it again must not stop
    there.
    """
    job = wait_for_job(
        client, client.put(f"{MAIN}/files/a.txt", content=b"x" * 10 + b"herons stand").json()["job"]
    )
    assert job["result"]["failed"] == []
    place = context.pool.get("main").uploads / "broken.pdf"
    job = wait_for_job(
        client, client.put(f"{MAIN}/files/broken.pdf", content=b"%PDF-1.4 broken").json()["job"]
    )
    assert [f["uri"] for f in job["result"]["failed"]] == [str(place)]
    (failure,) = client.get(f"{MAIN}/failures").json()["failures"]
    assert failure["error"]
    assert failure["hint"]
    before = place.stat()
    good = minimal_pdf("herons stand")
    place.write_bytes(good.ljust(before.st_size, b"\n")[: max(before.st_size, len(good))])
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    catalogue = context.pool.get("main").library.catalogue
    # as if it had been of this size when it failed: only its reader was at fault
    with catalogue._writing() as db:
        db.execute("UPDATE failures SET size = ? WHERE uri = ?", [place.stat().st_size, str(place)])
    job = context.pool.get("main").jobs.add("index", [str(place)])
    assert wait_for_job(client, {"id": job.id})["result"]["failed"], (
        "a plain index takes it as it was"
    )
    job = wait_for_job(client, client.post(f"{MAIN}/failures/retry").json())
    assert (job["state"], job["result"]["failed"], job["result"]["indexed"]) == ("done", [], 1)
    assert found_names(client, "herons")[0] in ("broken.pdf", "a.txt")
    assert client.get(f"{MAIN}/failures").json() == {"failures": []}


def minimal_pdf(words: str) -> bytes:
    """One page with words on it."""
    text = f"BT /F1 24 Tf 72 700 Td ({words}) Tj ET".encode()
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for n, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1) + b"".join(
        b"%010d 00000 n \n" % p for p in places
    )
    return bytes(
        out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    )


def test_failures_that_are_gone_are_forgotten(
    client: TestClient, context: Context, wait_for_job: Any
) -> None:
    """Deleted meanwhile: nothing is left to read, and nothing is listed."""
    wait_for_job(
        client, client.put(f"{MAIN}/files/broken.pdf", content=b"%PDF-1.4 broken").json()["job"]
    )
    (context.pool.get("main").uploads / "broken.pdf").unlink()
    assert client.post(f"{MAIN}/failures/retry").status_code == 404
    assert client.get(f"{MAIN}/failures").json() == {"failures": []}


@pytest.mark.parametrize("library", ["main", "empty"])
def test_nothing_failed(client: TestClient, context: Context, library: str) -> None:
    """Also in a library that is not filled yet."""
    if library != "main":
        context.pool.create(library)
    assert client.post(f"/api/libraries/{library}/failures/retry").status_code == 404
