"""Rules of two kinds of endpoints that differ in nearly everything, for tests of the translator."""

from __future__ import annotations

from callbacks.translate.rules import COMMON_MESSAGE_KEYS, COMMON_PROPERTIES, ChatRules

STRICT = ChatRules(
    model="strict-1",
    properties=COMMON_PROPERTIES - {"max_tokens"}
    | {"parallel_tool_calls", "reasoning_effort", "clear_thinking", "seed"},
    message_keys={
        **COMMON_MESSAGE_KEYS,
        "assistant": COMMON_MESSAGE_KEYS["assistant"] | {"reasoning"},
    },
    max_tokens_key="max_completion_tokens",
    max_output_tokens=40_960,
    reserve_tokens=16_384,
    default_max_tokens=16_384,
    thinking_switch="effort",
    efforts=("none", "low", "medium", "high"),
    reasoning_history="reasoning",
    reads_images=True,
    strict_tools=True,
    refused_schema_keywords=frozenset({"$schema", "allOf", "pattern"}),
    format_with_tools=False,
    extra_body={"clear_thinking": False},
)
NARROW = ChatRules(
    model="narrow-1",
    properties=COMMON_PROPERTIES - {"max_completion_tokens"}
    | {"thinking", "reasoning_effort", "tool_stream"},
    temperature_range=(0.0, 1.0),
    top_p_range=(0.01, 1.0),
    max_output_tokens=131_072,
    thinking_switch="object",
    thinking_extra={"clear_thinking": False},
    tool_choices=frozenset({"auto"}),
    tool_id_pattern=r"(call|toolu)_[A-Za-z0-9_-]+",
    max_tools=128,
    response_formats=frozenset({"json_object"}),
    extra_stream_body={"tool_stream": True},
)
