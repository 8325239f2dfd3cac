from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate.tool_names import sent_tool_name


@given(st.text(max_size=150))
def test_every_name_becomes_one_that_fits(name: str) -> None:
    sent = sent_tool_name(name, 64)
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", sent)
    assert sent == sent_tool_name(name, 64)


def test_a_name_that_fits_stays() -> None:
    assert sent_tool_name("mcp__a-b__c", 64) == "mcp__a-b__c"


def test_long_names_with_the_same_beginning_stay_apart() -> None:
    assert sent_tool_name("x" * 99 + "1", 64) != sent_tool_name("x" * 99 + "2", 64)
