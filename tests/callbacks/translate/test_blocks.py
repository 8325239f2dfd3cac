from __future__ import annotations

from typing import Any

import pytest

from callbacks.translate.blocks import blocks_of, join_parts, parts_of, text_of_block
from tests.helpers.chat_rules import NARROW, STRICT
from tests.helpers.conversations import PNG


def said(block: dict[str, Any]) -> tuple[str, set[str]]:
    notes: set[str] = set()
    return text_of_block(block, notes), notes


def test_content_of_every_form_is_blocks() -> None:
    text = {"type": "text", "text": "a"}
    assert blocks_of("a") == blocks_of(["a"]) == blocks_of([text]) == [text]
    assert blocks_of(None) == []


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"type": "text", "text": "a"}, "a"),
        ({"type": "thinking", "thinking": "a"}, ""),
        ({"type": "redacted_thinking", "data": "a"}, ""),
        ({"type": "tool_reference", "tool_name": "Web"}, "[tool Web is available now]"),
        ({"type": "server_tool_use", "name": "web_search", "input": {"query": "x"}}, '[used web_search: {"query":"x"}]'),
        ({"type": "web_search_tool_result", "content": [{"type": "web_search_result", "title": "T", "url": "U", "encrypted_content": "zz"}]}, "[web search results]\n- T U"),
        ({"type": "web_search_tool_result", "content": {"type": "e", "error_code": "unavailable"}}, '[web search result: {"error_code":"unavailable"}]'),
        ({"type": "mcp_tool_result", "content": [{"type": "text", "text": "m"}]}, "[mcp results]\nm"),
        ({"type": "mcp_tool_result", "content": "plain"}, "[mcp result: plain]"),
        ({"type": "search_result", "title": "T", "source": "S", "content": [{"type": "text", "text": "c"}]}, "[T S]\nc"),
        ({"type": "document", "source": {"type": "text", "data": "d"}, "title": "D"}, "[document: D]\nd\n[end of document]"),
        ({"type": "novelty", "text": "as it says"}, "as it says"),
        ({"type": "novelty", "data": "AAAA", "inner": [{"signature": "s", "k": 1}]}, '[novelty: {"inner":[{"k":1}]}]'),
        ({"k": 1}, '[block: {"k":1}]'),
    ],
)  # fmt: skip
def test_every_block_can_be_read(block: dict[str, Any], text: str) -> None:
    assert said(block)[0] == text


def test_what_was_put_into_words_is_noted() -> None:
    assert said({"type": "text", "text": "a"})[1] == set()
    assert said({"type": "tool_reference"})[1] == {"tool_reference"}
    assert said({})[1] == {"block"}


def test_images_are_parts_only_for_models_that_see() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": PNG}
    notes: set[str] = set()
    assert parts_of({"type": "image", "source": source}, STRICT, notes) == [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
    ]
    assert notes == set()
    (note,) = parts_of({"type": "image", "source": source}, NARROW, notes)
    assert isinstance(note, str)
    assert "800x600 PNG" in note
    assert notes == {"image"}


def test_a_remote_image_is_a_note_where_the_provider_does_not_load_it() -> None:
    block = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    (part,) = parts_of(block, STRICT, set())
    assert part == "[image: https://example.com/a.png, not shown: this model reads text only]"


def test_blank_texts_are_left_out() -> None:
    assert parts_of({"type": "text", "text": " \n"}, STRICT, set()) == []


def test_texts_around_images_are_joined() -> None:
    image = {"type": "image_url", "image_url": {"url": "u"}}
    assert join_parts(["a", "b"]) == "a\n\nb"
    assert join_parts(["a", "b", image, "c"]) == [
        {"type": "text", "text": "a\n\nb"},
        image,
        {"type": "text", "text": "c"},
    ]
