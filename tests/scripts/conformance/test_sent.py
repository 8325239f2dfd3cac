"""Both wire formats read as one conversation."""

from __future__ import annotations

from typing import Any

from scripts.conformance.sent import Sent

ENTRY: dict[str, Any] = {
    "headers": {}, "path": "/v1/chat/completions", "provider": "cerebras", "surface": "cerebras", "model": "glm",
    "status": 200, "closed_early": False, "arrived_at": 1.0, "finished_at": 2.0, "scenario": "",
}  # fmt: skip
CHAT = Sent(
    {
        **ENTRY,
        "body": {
            "messages": [
                {"role": "system", "content": "rules"},
                {
                    "role": "user",
                    "content": [{"type": "text", "text": "look"}, {"type": "image_url"}],
                },
                {
                    "role": "assistant",
                    "content": "reading",
                    "reasoning": "hm",
                    "tool_calls": [
                        {
                            "id": "c1",
                            "function": {"name": "Read", "arguments": '{"file_path": "/a"}'},
                        }
                    ],
                },
                {"role": "tool", "tool_call_id": "c1", "content": "contents"},
                {"role": "user", "content": "go on"},
            ],
            "tools": [
                {"function": {"name": "Read", "description": "d", "parameters": {"type": "object"}}}
            ],
            "max_completion_tokens": 5,
            "stop": "x",
        },
    }
)
MESSAGES = Sent(
    {
        **ENTRY,
        "surface": "zai_anthropic",
        "body": {
            "system": [{"type": "text", "text": "rules"}],
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "look"}, {"type": "image"}]},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "hm", "signature": ""},
                        {"type": "text", "text": "reading"},
                        {
                            "type": "tool_use",
                            "id": "c1",
                            "name": "Read",
                            "input": {"file_path": "/a"},
                        },
                    ],
                },
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "c1", "content": "contents"},
                        {"type": "text", "text": "go on"},
                    ],
                },
            ],
            "tools": [{"name": "Read", "description": "d", "input_schema": {"type": "object"}}],
            "max_tokens": 5,
            "stop_sequences": ["x"],
        },
    }
)


def test_both_formats_read_as_the_same_conversation() -> None:
    for sent in (CHAT, MESSAGES):
        assert sent.system == "rules"
        seen = [(t.role, t.text, t.thinking, t.result_of, t.images) for t in sent.turns]
        assert seen == [
            ("user", "look", "", "", 1),
            ("assistant", "reading", "hm", "", 0),
            ("tool", "contents", "", "c1", 0),
            ("user", "go on", "", "", 0),
        ]
        assert sent.calls == [("c1", "Read", {"file_path": "/a"})]
        assert sent.tools == {"Read": ("d", {"type": "object"})}
        assert (sent.output_limit, sent.stop) == (5, ["x"])
        assert sent.user_text == "look\ngo on"


def test_a_refusal_by_scenario_is_not_the_gateways_fault() -> None:
    assert Sent({**ENTRY, "status": 400}).refused
    assert not Sent({**ENTRY, "status": 400, "scenario": "CB-09"}).refused


def test_a_failed_result_and_pictures_in_it_are_seen() -> None:
    block = {
        "type": "tool_result",
        "tool_use_id": "c1",
        "is_error": True,
        "content": [{"type": "text", "text": "no"}, {"type": "image"}, {"type": "document"}],
    }
    body = {"messages": [{"role": "user", "content": [block]}]}
    result = Sent({**ENTRY, "surface": "zai_anthropic", "body": body}).results[0]
    assert (result.text, result.images, result.documents) == ("[error] no", 1, 1)


def test_a_body_that_is_no_object_reads_as_empty() -> None:
    sent = Sent({**ENTRY, "body": "nonsense"})
    assert (sent.turns, sent.system, sent.tools) == ([], "", {})
