"""Protocol Buffers files."""

from __future__ import annotations

from pathlib import Path

from polysense.read.code.code import CodeParser
from polysense.read.code.protobuf import definitions
from polysense.types import Asset, Chunk

TEXT = """syntax = "proto3";  // message Not { }
package tides;

// A gauge at a pier.
message Gauge {
  string name = 1 [(note) = "enum Not { }"];
  // How it is.
  enum State {
    OK = 0;
  }
  oneof reading { double level = 2; }
}

service Gauges {
  // Reads one.
  rpc Read(ReadRequest) returns (Gauge);
  rpc Watch(ReadRequest)
      returns (stream Gauge) {
    option deadline = 5;
  }
}
"""


def test_messages_services_and_calls() -> None:
    """Each with the comment above it, and inside what holds it; words in strings define nothing."""
    gauge, service = definitions(TEXT)
    assert (gauge.signature, gauge.first, gauge.last) == ("message Gauge", 3, 11)
    assert [(d.signature, d.first, d.last) for d in gauge.children] == [("enum State", 6, 9)]
    assert [(d.signature, d.first, d.last) for d in service.children] == [
        ("Read(ReadRequest) returns (Gauge)", 14, 15),
        ("Watch(ReadRequest) returns (stream Gauge)", 16, 19),
    ]


def test_broken_ones_end_somewhere() -> None:
    """Braces too many or too few."""
    assert [d.name for d in definitions("} message A { message B {\n} } }\nenum C {")] == ["A", "C"]
    assert definitions("message " * 9000) == []


def test_a_chunk_for_each_of_a_long_file(tmp_path: Path) -> None:
    """By name, with its lines."""
    names = ["Gauge", "Pier", "Tide", "Reading"]
    path = tmp_path / "a.proto"
    body = "\n".join(f"  string field_{n} = {n};" for n in range(1, 40))
    path.write_text("\n\n".join(f"message {n} {{\n{body}\n}}" for n in names))
    asset = Asset("0" * 32, str(path), "text/x-proto", "code", 1, path=path)
    chunks = [c for c in CodeParser().parse(asset) if isinstance(c, Chunk)]
    assert {c.meta["symbol"] for c in chunks} >= set(names)
