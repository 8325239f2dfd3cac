from typing import Any

import pytest
from pydantic import ValidationError

from ccglm.simulator.reply import ToolCall
from ccglm.simulator.script import Script, ScriptedReply
from tests.helpers.provider_calls import CEREBRAS, a_body, a_request

HELLO = a_request(CEREBRAS)


def script(*replies: dict[str, Any]) -> Script:
    queue = Script()
    queue.add(ScriptedReply.model_validate(reply) for reply in replies)
    return queue


def texts(queue: Script, times: int) -> list[str | None]:
    found = [queue.next_for(HELLO) for _ in range(times)]
    return [reply.text if reply else None for reply in found]


def test_replies_are_used_in_order_and_once() -> None:
    assert texts(script({"text": "one"}, {"text": "two"}), 3) == ["one", "two", None]


def test_a_reply_waits_for_the_request_it_is_meant_for() -> None:
    queue = script({"text": "for bye", "match": {"contains": "bye"}}, {"text": "any"})
    assert texts(queue, 2) == ["any", None]
    reply = queue.next_for(a_request(CEREBRAS, a_body(CEREBRAS, "good bye")))
    assert reply is not None
    assert reply.text == "for bye"
    assert len(queue) == 0


def test_a_reply_can_be_repeated_a_few_times_or_without_end() -> None:
    assert texts(script({"text": "twice", "repeat": 2}), 3) == ["twice", "twice", None]
    assert texts(script({"text": "always", "repeat": 0}), 5) == ["always"] * 5


def test_a_reply_carries_thinking_calls_finish_and_delay() -> None:
    reply = ScriptedReply.model_validate(
        {
            "thinking": "hm",
            "tool_calls": [
                {"name": "Read", "arguments": {"file_path": "/a"}, "id": "call_1"},
                {"name": "Bash", "arguments": "{broken"},
            ],
            "finish": "length",
            "delay_ms": 250,
        }
    ).to_reply()
    assert reply.tool_calls == (
        ToolCall("Read", '{"file_path":"/a"}', "call_1"),
        ToolCall("Bash", "{broken"),
    )
    assert (reply.thinking, reply.finish, reply.delay_s, reply.source) == (
        "hm",
        "length",
        0.25,
        "script",
    )


def test_clearing_forgets_what_was_queued() -> None:
    queue = script({"text": "one"})
    queue.clear()
    assert texts(queue, 1) == [None]


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="tool_call"):
        script({"tool_call": []})
