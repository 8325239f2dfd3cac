"""Requests to the simulated providers, without a socket: builders, and one call that answers."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import strategies as st

from ccglm.simulator import cerebras, zai
from ccglm.simulator.answer import Answer, Refused
from ccglm.simulator.effects import Moment
from ccglm.simulator.knobs import Knobs
from ccglm.simulator.request import ApiRequest
from ccglm.simulator.scenarios import ScenarioOrder
from ccglm.simulator.world import World

CEREBRAS = "/v1/chat/completions"
ZAI_OPENAI = "/api/paas/v4/chat/completions"
ZAI_CODING = "/api/coding/paas/v4/chat/completions"
ZAI_ANTHROPIC = "/api/anthropic/v1/messages"
ALL_SURFACES = (CEREBRAS, ZAI_OPENAI, ZAI_CODING, ZAI_ANTHROPIC)

_KEYS = st.sampled_from(
    [
        "messages", "tools", "tool_choice", "stop", "stop_sequences", "max_tokens", "temperature",
        "max_completion_tokens", "response_format", "json_schema", "schema", "reasoning_effort",
        "thinking", "output_config", "logit_bias", "stream", "system", "role", "content", "type",
        "text", "tool_calls", "function", "name", "parameters", "arguments", "id", "user_id", "n",
        "input_schema", "properties", "required", "enum", "anyOf", "minItems", "minLength", "strict",
    ]
)  # fmt: skip

READ_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"file_path": {"type": "string"}},
    "required": ["file_path"],
}


def a_world(**changes: Any) -> World:
    """Return a fresh simulator state with zai-glm-4.7 on Cerebras."""
    return World(Knobs().patched({"model_set": "legacy_glm", **changes}))


def a_body(path: str, text: str = "hello", **more: Any) -> dict[str, Any]:
    """Return a request body for a surface; `read_tool=True` offers a tool named Read."""
    body: dict[str, Any] = {
        "model": "zai-glm-4.7" if path == CEREBRAS else "glm-4.7",
        "messages": [{"role": "user", "content": text}],
    }
    if path == ZAI_ANTHROPIC:
        body["max_tokens"] = 32_000
    if more.pop("read_tool", False):
        body["tools"] = [read_tool(path)]
    return {**body, **more}


def read_tool(path: str) -> dict[str, Any]:
    """Return the definition of a tool named Read in the surface's form."""
    if path == ZAI_ANTHROPIC:
        return {"name": "Read", "description": "Read a file", "input_schema": READ_SCHEMA}
    function = {"name": "Read", "description": "Read a file", "parameters": READ_SCHEMA}
    return {"type": "function", "function": function}


def a_request(
    path: str = CEREBRAS, body: Any = None, *, method: str = "POST", **headers: str
) -> ApiRequest:
    """Return a request; without headers it carries the bearer token `key`."""
    surface = zai.surface_of(path)
    raw = body if isinstance(body, bytes) else orjson.dumps(a_body(path) if body is None else body)
    return ApiRequest(
        method=method,
        path=path,
        headers=headers or {"authorization": "Bearer key"},
        raw=raw,
        provider="zai" if surface else "cerebras",
        surface=surface or "cerebras",
    )


def answer(world: World, request: ApiRequest) -> Answer:
    """Answer a request as the API port would; refusals become answers too."""
    provider = zai if request.provider == "zai" else cerebras
    try:
        effect = world.scenarios.take(request, at_edge=True, now_s=world.clock.monotonic_s())
        if effect is not None:
            raise effect.refusal(Moment(request, world.knobs, world.clock.now()))
        return provider.handle(world, request)
    except Refused as refused:
        return Answer(
            refused.status,
            [*provider.edge_headers(world, request, refused.content_type), *refused.headers],
            refused.body,
            code=refused.code,
            message=refused.message,
            scenario=refused.scenario,
        )


def ask(world: World, path: str = CEREBRAS, text: str = "hello", **more: Any) -> Answer:
    """Ask one question and finish the answer, as if the client had read all of it."""
    result = answer(world, a_request(path, a_body(path, text, **more)))
    if result.on_done is not None:
        result.on_done()
    return result


def arm(world: World, name: str, **order: Any) -> None:
    """Switch a scenario on."""
    world.scenarios.add(ScenarioOrder(name=name, **order), now_s=world.clock.monotonic_s())


def json_of(result: Answer) -> Any:
    """Return the JSON body of a whole answer."""
    return orjson.loads(result.body)


def stream_of(result: Answer) -> bytes:
    """Return the bytes of a streamed answer."""
    assert result.events is not None
    return result.events.joined(0, len(result.events))


def chunks_of(result: Answer) -> list[dict[str, Any]]:
    """Return the JSON values of a stream's data lines, [DONE] left out."""
    lines = stream_of(result).split(b"\n")
    return [
        orjson.loads(line.removeprefix(b"data: "))
        for line in lines
        if line.startswith(b"data: ") and line != b"data: [DONE]"
    ]


def text_of(chunks: list[dict[str, Any]], key: str = "content") -> str:
    """Return what the deltas of an OpenAI stream carry under a key, joined."""
    choices = [choice for chunk in chunks for choice in chunk.get("choices", [])]
    return "".join(choice["delta"].get(key) or "" for choice in choices)


def calls_of(chunks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the tool calls of an OpenAI stream, fragments joined, in order of index."""
    calls: dict[int, dict[str, Any]] = {}
    for chunk in chunks:
        for choice in chunk.get("choices", []):
            for delta in choice["delta"].get("tool_calls", []):
                call = calls.setdefault(delta["index"], {"id": None, "name": "", "arguments": ""})
                call["id"] = delta.get("id") or call["id"]
                call["name"] += delta["function"].get("name", "")
                call["arguments"] += delta["function"].get("arguments", "")
    return [calls[index] for index in sorted(calls)]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | st.text(max_size=5), inner),
    max_leaves=15,
)
"""Any JSON, with keys that mean something to the providers."""


def odd_bodies(path: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return bodies in which some fields of a good request have any value at all."""
    good = a_body(path, read_tool=True)
    return st.dictionaries(_KEYS, JSON_VALUES, max_size=5).map(lambda odd: {**good, **odd})
