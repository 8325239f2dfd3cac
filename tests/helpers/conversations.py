"""Random Anthropic requests: any mix of blocks, valid and not, as a client or another gateway may send them."""

from __future__ import annotations

import base64
from struct import pack
from typing import Any

from hypothesis import strategies as st

PNG = base64.b64encode(
    b"\x89PNG\r\n\x1a\n" + pack(">I", 13) + b"IHDR" + pack(">II", 800, 600)
).decode()

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["", " ", "\n", "Hello", "你好 мир 🎉", "<a>", 'say "hi"\\', "\u2028\x00"]),
)
NAMES = st.sampled_from(["Read", "Bash", "mcp__server__" + "x" * 80, "Edit", "odd name!"])
# Few ids, so that they repeat and go astray.
IDS = st.sampled_from(["toolu_1", "toolu_2", "call_3", "functions.Bash:0", "ü", "", "049d9b129"])
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
INPUTS = st.one_of(st.dictionaries(st.text(max_size=5), JSON, max_size=3), st.none(), st.just("x"))
CACHE = st.sampled_from([{}, {"cache_control": {"type": "ephemeral"}}])


def block(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return blocks of one kind, with a cache mark or not."""
    made = st.fixed_dictionaries({"type": st.just(kind), **fields})
    return st.builds(lambda block, cache: {**block, **cache}, made, CACHE)


SOURCES = st.sampled_from(
    [
        {"type": "base64", "media_type": "image/png", "data": PNG},
        {"type": "base64", "media_type": "image/jpeg", "data": "!!"},
        {"type": "url", "url": "https://example.com/a.png"},
        {},
    ]
)
DOCUMENTS = st.sampled_from(
    [
        {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQ="},
        {"type": "text", "media_type": "text/plain", "data": "a text"},
        {"type": "content", "content": [{"type": "text", "text": "inside"}]},
    ]
)
PLAIN_BLOCKS = st.one_of(
    block("text", text=TEXTS),
    block("image", source=SOURCES),
    block("document", source=DOCUMENTS),
    block("tool_reference", tool_name=NAMES),
    block(
        "search_result", title=TEXTS, source=TEXTS, content=st.just([{"type": "text", "text": "t"}])
    ),
    block("container_upload", file_id=TEXTS),
)
RESULT_CONTENT = st.one_of(TEXTS, st.lists(PLAIN_BLOCKS, max_size=3), st.none())
USER_BLOCKS = st.one_of(
    PLAIN_BLOCKS,
    block("tool_result", tool_use_id=IDS, content=RESULT_CONTENT, is_error=st.booleans()),
    block("tool_result", tool_use_id=IDS),
)
ASSISTANT_BLOCKS = st.one_of(
    block("text", text=TEXTS),
    block("thinking", thinking=TEXTS, signature=TEXTS),
    block("redacted_thinking", data=TEXTS),
    block("tool_use", id=IDS, name=NAMES, input=INPUTS),
    block("server_tool_use", id=IDS, name=st.just("web_search"), input=INPUTS),
    block(
        "web_search_tool_result",
        tool_use_id=IDS,
        content=st.sampled_from(
            [
                [{"type": "web_search_result", "title": "t", "url": "u", "encrypted_content": "x"}],
                {"type": "web_search_tool_result_error", "error_code": "unavailable"},
            ]
        ),
    ),
)


def message(role: str, blocks: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return messages of one role."""
    content = st.one_of(TEXTS, st.lists(blocks, max_size=4))
    return st.fixed_dictionaries({"role": st.just(role), "content": content})


USERS = message("user", USER_BLOCKS)
ASSISTANTS = message("assistant", ASSISTANT_BLOCKS)
OPERATORS = message("system", block("text", text=TEXTS))
HISTORIES = st.lists(st.one_of(USERS, ASSISTANTS, OPERATORS), max_size=8)

SCHEMA = st.sampled_from(
    [
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        {"type": "object", "properties": {"pattern": {"type": "string", "pattern": "^a"}}},
        {"$schema": "x", "allOf": [{"properties": {"b": {}}, "required": ["b"]}]},
        {},
    ]
)
TOOLS = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"name": NAMES, "description": TEXTS, "input_schema": SCHEMA},
            optional={"defer_loading": st.booleans(), "strict": st.booleans()},
        ),
        st.just({"type": "web_search_20250305", "name": "web_search", "max_uses": 8}),
    ),
    max_size=5,
)
CHOICES = st.sampled_from(
    [
        {"type": "auto"},
        {"type": "any", "disable_parallel_tool_use": True},
        {"type": "tool", "name": "Read"},
        {"type": "tool", "name": "Nowhere"},
        {"type": "none"},
    ]
)
THINKING = st.sampled_from(
    [
        {"type": "adaptive", "display": "omitted"},
        {"type": "enabled", "budget_tokens": 31_999},
        {"type": "enabled", "budget_tokens": 1_024},
        {"type": "disabled"},
    ]
)
FORMAT = {"type": "json_schema", "schema": {"type": "object", "properties": {"t": {}}}}
REQUESTS = st.fixed_dictionaries(
    {"model": st.just("claude-x"), "messages": HISTORIES},
    optional={
        "max_tokens": st.integers(1, 200_000),
        "system": st.one_of(TEXTS, st.lists(block("text", text=TEXTS), max_size=3)),
        "tools": TOOLS,
        "tool_choice": CHOICES,
        "thinking": THINKING,
        "output_config": st.sampled_from(
            [{"effort": "xhigh"}, {"effort": "low", "format": FORMAT}]
        ),
        "temperature": st.floats(-1, 3),
        "top_p": st.floats(-1, 2),
        "top_k": st.integers(1, 40),
        "stop_sequences": st.lists(TEXTS, max_size=6),
        "metadata": st.just({"user_id": "u"}),
        "context_management": st.just({"edits": []}),
        "safeguards": st.just({}),
        "service_tier": st.just("auto"),
        "stream": st.booleans(),
    },
)
