"""Lengths of time in words."""

from __future__ import annotations

import math

import pytest

from callbacks.quota.words import for_how_long


@pytest.mark.parametrize(
    ("length_s", "words"),
    [(0.2, "1 s"), (58, "58 s"), (119, "119 s"), (121, "3 min"), (10_800, "3.0 h"), (math.inf, "until something changes")],
)  # fmt: skip
def test_a_length_reads_naturally(length_s: float, words: str) -> None:
    assert for_how_long(length_s) == words
