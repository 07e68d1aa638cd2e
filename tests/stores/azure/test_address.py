"""Where a library lies, by its address, without a server."""

from __future__ import annotations

import re

import pytest

from polysense.errors import BadConfig
from polysense.stores.azure.address import Address


def test_addresses() -> None:
    """A service of the public cloud by its name, another by its host or endpoint; options."""
    assert Address.parse("papers/kb") == Address("https://papers.search.windows.net", "kb")
    assert Address.parse("papers.search.azure.us/kb").endpoint == "https://papers.search.azure.us"
    by_endpoint = Address.parse("x/my%20kb?endpoint=http://127.0.0.1:80/&key=OTHER_KEY&exact=true")
    assert by_endpoint == Address("http://127.0.0.1:80", "my kb", "OTHER_KEY", True)
    assert Address.parse("x/kb?endpoint=https://[fd00::1]:444").endpoint == "https://[fd00::1]:444"


@pytest.mark.parametrize(
    "path",
    ["", "papers", "/kb", "a b/kb", "papers/kb?colour=red", "papers/kb?exact=maybe", "papers/kb?exact",
     "papers/kb?endpoint=ftp://x", "papers/kb?endpoint=https://user@x", "papers/kb?endpoint=http://db.local"],
)  # fmt: skip
def test_what_is_no_address_is_said(path: str) -> None:
    """BadConfig with what to write; the key is not sent in the clear to another machine."""
    with pytest.raises(BadConfig) as e:
        Address.parse(path)
    assert e.value.hint


def test_a_key_stays_out_of_addresses_and_messages() -> None:
    """One that stands where a variable's name belongs is refused, and not repeated."""
    key = "aB3dEfGh1jKlMn0pQrStUvWxYzAzSeAbCdEf"
    for path in (f"papers/kb?key={key}", f"{key}@papers/kb", f"me:{key}@papers/kb"):
        with pytest.raises(BadConfig) as e:
            Address.parse(path)
        assert key not in str(e.value) + e.value.hint
    address = Address.parse("papers/kb?key=MY_KEY")
    assert address.key({"MY_KEY": f" {key}\n"}) == key
    assert key not in repr(address)
    with pytest.raises(BadConfig, match="MY_KEY is not set") as e:
        address.key({})
    assert "MY_KEY" in e.value.hint


def test_names_of_indexes_are_legal_and_stay_apart() -> None:
    """No two libraries, nor a library and another's space, have an index in common; each knows its
    own spaces.
    """
    names = ["kb", "KB", "k-b", "kb-chunks", "ü", "x" * 300, "kb-v-x", "9", "a b"]
    addresses = [Address("", n) for n in names]
    chunks = [a.chunks_index for a in addresses]
    spaces = [a.space_index(n) for a in addresses for n in ("x", "X", "all-MiniLM L6", "ü" * 200)]
    assert len({*chunks, *spaces}) == len(chunks) + len(spaces)
    assert all(re.fullmatch(r"[a-z0-9](-?[a-z0-9])*", n) and len(n) <= 128 for n in chunks + spaces)
    for n, address in enumerate(addresses):
        own = [s for s in spaces if address.is_space_index(s)]
        assert own == spaces[4 * n : 4 * n + 4]
        assert not any(map(address.is_space_index, chunks))
    # a library whose name is another's index
    assert not Address("", "kb").is_space_index(Address("", spaces[0]).space_index("x"))
