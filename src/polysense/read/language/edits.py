"""How far two words are apart."""

from __future__ import annotations


def edits(a: str, b: str, most: int) -> int:
    """How many letters must be left out, put in, exchanged, or swapped with their neighbour to make
    one word the other; most + 1 where it is more than that.

    >>> edits("lighthuose", "lighthouse", 2), edits("pear", "peach", 1)
    (1, 2)
    """
    before, row = list[int](), list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        last, row, two_before = row, [i], before
        for j, other in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before = last
    return min(row[-1], most + 1)
