from __future__ import annotations

import json
import re
from base64 import b64encode
from pathlib import Path
from struct import pack
from time import process_time
from typing import Any

import pytest
from hypothesis import given

from callbacks.translate.tokens import estimate_tokens, tokens_of_length, tokens_of_text
from tests.helpers.conversations import REQUESTS

ROOT = Path(__file__).resolve().parents[3]
CODE = (ROOT / "callbacks/translate/messages.py").read_text()
PROSE = (
    "The gateway reads what the client sends, and writes what the provider wants. Nothing is lost on the way, and "
    "nothing is made up: an answer that broke off says so. Whoever reads this knows what to expect of it.\n"
) * 20  # fmt: skip
SCHEMA = {
    "type": "object",
    "properties": {
        "file_path": {"type": "string", "description": "The absolute path to the file to read"},
        "limit": {"type": "integer", "exclusiveMinimum": 0, "maximum": 9007199254740991},
    },
    "required": ["file_path"],
    "additionalProperties": False,
}


def request(*texts: str, tools: int = 0) -> dict[str, Any]:
    tool = {"name": "Read", "description": PROSE[:400], "input_schema": SCHEMA}
    return {
        "system": [{"type": "text", "text": texts[0]}],
        "tools": [tool] * tools,
        "messages": [{"role": "user", "content": text} for text in texts[1:]],
    }


def counted(body: dict[str, Any]) -> int:
    """Count as another tokenizer would: 3.6 characters a token and 4 tokens a message."""
    texts = [block["text"] for block in body["system"]]
    texts += [json.dumps(tool) for tool in body["tools"]]
    texts += [message["content"] for message in body["messages"]]
    return round(sum(len(text) for text in texts) / 3.6) + 4 * len(body["messages"])


@pytest.mark.parametrize(
    "body",
    [
        request(PROSE, PROSE),
        request(PROSE, CODE),
        request(PROSE, CODE, PROSE, tools=20),
        request(PROSE, json.dumps([SCHEMA] * 20)),
        request("", "Say hi"),
    ],
)
def test_the_estimate_is_within_a_quarter_of_another_tokenizer(body: dict[str, Any]) -> None:
    assert estimate_tokens(body) == pytest.approx(counted(body), rel=0.25, abs=3)


def test_words_and_signs_of_another_tokenizer() -> None:
    """One that splits at words and signs, as byte-pair tokenizers do, roughly."""
    for text in (PROSE, CODE):
        pieces = re.findall(r"\w{1,6}|[^\w\s]|\n+", text)
        assert tokens_of_text(text) == pytest.approx(len(pieces), rel=0.30)


def test_other_scripts_take_more_tokens_a_character() -> None:
    assert tokens_of_text("你好" * 50) > tokens_of_text("ab" * 50) * 1.5


@given(REQUESTS)
def test_every_request_has_an_estimate(body: dict[str, Any]) -> None:
    assert estimate_tokens(body) >= 1


ODD_IMAGE = {"type": "image", "source": {"type": "url", "url": "https://a"}}
LONG_PDF = {"type": "document", "source": {"type": "base64", "data": "A" * 40_000}}


def of_blocks(*blocks: dict[str, Any], **senses: bool) -> int:
    return estimate_tokens({"messages": [{"role": "user", "content": list(blocks)}]}, **senses) - 5


def image(width: int, height: int) -> dict[str, Any]:
    header = b"\x89PNG\r\n\x1a\n" + pack(">I", 13) + b"IHDR" + pack(">II", width, height)
    return {"type": "image", "source": {"type": "base64", "data": b64encode(header).decode()}}


@pytest.mark.parametrize(
    ("block", "tokens"),
    [
        (image(1_000, 800), 1_067),
        (image(8, 8), 900),
        (image(4_000, 3_000), 1_300),
        (ODD_IMAGE, 1_300),
        (LONG_PDF, 25),
        ({"type": "tool_result", "content": [image(1_000, 800)]}, 1_067),
        ({"type": "text", "text": "x" * 100}, 26),
        ({"type": "thinking", "thinking": "x" * 100}, 26),
        ({"type": "tool_result", "content": "x" * 100}, 26),
        ({"type": "tool_use", "name": "x" * 50, "input": {}}, 19),
        ({"type": "document", "source": {"type": "text", "data": "x" * 100}}, 26),
        ({"type": "document", "source": {"type": "content", "content": "x" * 100}}, 26),
        ({"type": "document", "source": {"content": [{"type": "text", "text": "x" * 100}]}}, 26),
        ({"type": "novelty"}, 0),
    ],
)
def test_every_kind_of_block_counts(block: dict[str, Any], tokens: int) -> None:
    assert of_blocks(block) == tokens


def test_what_the_model_does_not_see_costs_a_line() -> None:
    assert of_blocks(image(1_000, 800), reads_images=False) == 25
    assert of_blocks(LONG_PDF, reads_documents=True) == 1_000


def test_the_least_is_one() -> None:
    assert estimate_tokens({}) == 1
    assert tokens_of_length(36) == 10


def test_a_long_request_is_counted_in_passing() -> None:
    """400 KB in less than a tenth of a second, so that a burst of 25 counts takes no time to speak of."""
    body = request(*[CODE] * 60)
    started = process_time()
    estimate_tokens(body)
    assert process_time() - started < 0.1
