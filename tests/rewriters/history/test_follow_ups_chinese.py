"""Follow-ups in Chinese."""

from __future__ import annotations

import pytest

from polysense.question import Exchange
from polysense.rewriters.history.follow_ups_chinese import whole_chinese_question

BRIDGE = Exchange("石桥有多长？", "石桥长80米。")
PAINTED = Exchange("谁画了壁画？", "林晚画了壁画。")
PRICE = Exchange("东河站票价多少？", "东河站票价4元。")


@pytest.mark.parametrize(
    ("words", "before", "whole"),
    [
        ("它是哪一年建的？", BRIDGE, "石桥是哪一年建的？"),
        ("谁建的它？", BRIDGE, "谁建的石桥？"),
        ("木桥呢？", BRIDGE, "木桥有多长？"),
        ("那木桥呢？", BRIDGE, "木桥有多长？"),
        ("那是什么时候建的？", BRIDGE, "石桥是什么时候建的？"),
        ("她住在哪里？", PAINTED, "林晚住在哪里？"),
        ("那是什么时候？", PAINTED, "壁画是什么时候画的？"),
        ("它有多大？", PAINTED, "壁画有多大？"),
        ("那高度呢？", BRIDGE, "石桥的高度是多少？"),
        ("西河站呢？", PRICE, "西河站票价多少？"),
        ("2022年呢？", PRICE, "2022年东河站票价多少？"),
    ],
)
def test_what_is_left_out_comes_from_before(words: str, before: Exchange, whole: str) -> None:
    """Pronouns, and 呢 for the question before."""
    assert whole_chinese_question(words, before) == whole


@pytest.mark.parametrize(
    "words", ["渡船几点开？", "其中有多少人？", "吉他多少钱？", "石桥的其他名字是什么？"]
)
def test_whole_questions_are_left_alone(words: str) -> None:
    """A pronoun's character in another word is none."""
    assert whole_chinese_question(words, BRIDGE) == ""
