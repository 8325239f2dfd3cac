"""Reading answers of the Messages API."""

from __future__ import annotations

import json
from typing import Any


def events_of(text: str) -> list[dict[str, Any]]:
    """Return the data of the events; each event must be named as its data says."""
    events: list[dict[str, Any]] = []
    for block in text.strip().split("\n\n"):
        name, _, data = block.partition("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        events.append(event)
    return events


def content_of(text: str, *, stream: bool) -> list[dict[str, Any]]:
    """Return the content blocks of an answer, put together from its events if it was streamed."""
    if not stream:
        return json.loads(text)["content"]
    blocks: list[dict[str, Any]] = []
    arguments: dict[int, str] = {}
    for event in events_of(text):
        if event["type"] == "content_block_start":
            assert event["index"] == len(blocks)
            blocks.append(dict(event["content_block"]))
        elif event["type"] == "content_block_delta":
            delta, index = event["delta"], event["index"]
            if delta["type"] == "input_json_delta":
                arguments[index] = arguments.get(index, "") + delta["partial_json"]
            else:
                key = delta["type"].removesuffix("_delta")
                blocks[index][key] = blocks[index].get(key, "") + delta[key]
    for index, text_of_arguments in arguments.items():
        blocks[index]["input"] = json.loads(text_of_arguments)
    return blocks


def answer_text(text: str, *, stream: bool) -> str:
    """Return the text of an answer."""
    return "".join(
        block["text"] for block in content_of(text, stream=stream) if block["type"] == "text"
    )
