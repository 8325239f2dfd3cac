"""A judge of chat-completions requests, as strict as the providers were seen to be.

Built from what Cerebras refuses (SDK types and threads) and what Z.ai answers with code 1214 and 1210.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

CEREBRAS_PROPERTIES = frozenset(
    {
        "messages", "model", "clear_thinking", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs",
        "top_logprobs", "max_completion_tokens", "max_tokens", "min_completion_tokens", "min_tokens",
        "model_parameters", "n", "parallel_tool_calls", "prediction", "prompt_cache_key", "reasoning_effort",
        "reasoning_format", "response_format", "seed", "service_tier", "stop", "stream", "stream_options",
        "temperature", "top_p", "tool_choice", "tools", "user",
    }
)  # fmt: skip
MESSAGE_KEYS = {
    "system": {"role", "content", "name"},
    "user": {"role", "content", "name"},
    "assistant": {"role", "content", "name", "reasoning", "tool_calls"},
    "tool": {"role", "content", "name", "tool_call_id"},
}


def cerebras_problems(body: Mapping[str, Any], efforts: tuple[str, ...] = ()) -> list[str]:
    """Return what Cerebras would refuse in a request."""
    problems = [f"body.{key} is unsupported" for key in body if key not in CEREBRAS_PROPERTIES]
    if "max_tokens" in body and "max_completion_tokens" in body:
        problems.append("both output limits")
    if body.get("tools") and "response_format" in body:
        problems.append("tools and response_format")
    if body.get("reasoning_effort") not in (None, *efforts):
        problems.append(f"effort {body['reasoning_effort']}")
    if not 0 <= body.get("temperature", 1) <= 2:
        problems.append("temperature")
    for index, message in enumerate(body["messages"]):
        role = message.get("role")
        extra = set(message) - MESSAGE_KEYS.get(role, set())
        problems += [f"messages.{index}.{role}.{key} is unsupported" for key in extra]
    return problems + _common_problems(body)


def zai_problems(body: Mapping[str, Any], id_pattern: str | None = None) -> list[str]:
    """Return what Z.ai's OpenAI surface would refuse in a request."""
    problems = _common_problems(body)
    if not 0 <= body.get("temperature", 1) <= 1 or not 0.01 <= body.get("top_p", 1) <= 1:
        problems.append("1210 sampling")
    if body.get("max_tokens", 1) > 131_072 or len(body.get("tools", [])) > 128:
        problems.append("1210 limits")
    if body.get("tool_choice", "auto") != "auto":
        problems.append("1210 tool_choice")
    roles = [message["role"] for message in body["messages"]]
    if "user" not in roles:
        problems.append("1214 no user message")
    for message in body["messages"]:
        for call in message.get("tool_calls", []):
            if id_pattern and not re.fullmatch(id_pattern, call["id"]):
                problems.append(f"1214 tool id {call['id']}")
    return problems


def _common_problems(body: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    if len(body.get("stop", [])) > 4:
        problems.append("more than 4 stop sequences")
    strict = {tool["function"].get("strict", False) for tool in body.get("tools", [])}
    if len(strict) > 1:
        problems.append("mixed strict")
    for tool in body.get("tools", []):
        problems += _tool_problems(tool)
    messages = body["messages"]
    if not messages:
        problems.append("no messages")
    for index, message in enumerate(messages):
        problems += [f"messages.{index}: {what}" for what in _message_problems(message)]
    return problems + _order_problems(messages)


def _tool_problems(tool: Mapping[str, Any]) -> list[str]:
    function = tool["function"]
    problems: list[str] = []
    if set(tool) != {"type", "function"} or tool["type"] != "function":
        problems.append("tool shape")
    if set(function) - {"name", "description", "parameters", "strict"}:
        problems.append("function keys")
    if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", function["name"]):
        problems.append(f"tool name {function['name']}")
    if function["parameters"].get("type") != "object":
        problems.append("parameters are no object")
    return problems


def _message_problems(message: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    role, content = message["role"], message.get("content")
    if role in ("system", "tool") and not isinstance(content, str):
        problems.append(f"{role} content is not a string")
    if role == "assistant":
        if "content" in message and not isinstance(content, str):
            problems.append("assistant content is not a string")
        if "content" not in message and not message.get("tool_calls"):
            problems.append("assistant says nothing")
        for call in message.get("tool_calls", []):
            problems += _call_problems(call)
    if isinstance(content, str) and not content.strip():
        problems.append("empty content")
    if isinstance(content, list):
        problems += [what for part in content for what in _part_problems(part)]
        if not content or role != "user":
            problems.append("content parts")
    return problems


def _call_problems(call: Mapping[str, Any]) -> list[str]:
    problems: list[str] = []
    if set(call) != {"id", "type", "function"} or set(call["function"]) != {"name", "arguments"}:
        problems.append("call keys")
    if not isinstance(json.loads(call["function"]["arguments"]), dict):
        problems.append("call arguments are no object")
    if not call["function"]["name"]:
        problems.append("call without a name")
    return problems


def _part_problems(part: Mapping[str, Any]) -> list[str]:
    if part["type"] == "text":
        return [] if set(part) == {"type", "text"} and part["text"].strip() else ["text part"]
    if part["type"] != "image_url" or set(part) != {"type", "image_url"}:
        return [f"part {part['type']}"]
    return [] if part["image_url"]["url"].startswith("data:image/") else ["remote image"]


def _order_problems(messages: list[Mapping[str, Any]]) -> list[str]:
    problems: list[str] = []
    waiting: list[str] = []
    seen: set[str] = set()
    before = ""
    for index, message in enumerate(messages):
        role = message["role"]
        if role == "system" and index:
            problems.append("system message in the middle")
        if role == "tool":
            if message["tool_call_id"] in waiting:
                waiting.remove(message["tool_call_id"])
            else:
                problems.append(f"orphan tool message {message['tool_call_id']}")
        else:
            problems += _turn_problems(role, before, waiting)
            waiting = [call["id"] for call in message.get("tool_calls", [])]
            if len(set(waiting)) < len(waiting) or seen & set(waiting):
                problems.append("a tool id twice")
            seen.update(waiting)
        before = role
    if before not in ("user", "tool"):
        problems.append("nothing to answer")
    return problems + _turn_problems("the end", before, waiting)


def _turn_problems(role: str, before: str, waiting: list[str]) -> list[str]:
    problems: list[str] = []
    if waiting:
        problems.append(f"calls without result: {waiting}")
    if role == before:
        problems.append(f"two {role} messages in a row")
    if role == "assistant" and before in ("", "system"):
        problems.append("the assistant speaks first")
    return problems
