"""Ways a reply goes wrong: functions that change what the model says."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import orjson

from ccglm.simulator.reply import Reply, ToolCall
from ccglm.simulator.schema_example import example_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from ccglm.simulator.request import ApiRequest

    Change = Callable[[Reply, ApiRequest], Reply]

_LONG_THOUGHT = "Let me think about this step by step, once more and from the start. " * 4


def finishes(reason: str) -> Change:
    """Keep the words, end with another finish reason."""

    def change(reply: Reply, _request: ApiRequest) -> Reply:
        return dataclasses.replace(reply, finish=reason)

    return change


def thinks_only(reason: str) -> Change:
    """Think, then stop with this finish reason and no text."""

    def change(reply: Reply, _request: ApiRequest) -> Reply:
        thinking = reply.thinking or _LONG_THOUGHT
        return Reply(thinking=thinking, finish=reason, source=reply.source)

    return change


def says(text: str) -> Change:
    """Say this text instead."""

    def change(reply: Reply, _request: ApiRequest) -> Reply:
        return Reply(thinking=reply.thinking, text=text, source=reply.source)

    return change


def thinks_and_says(thinking: str, text: str) -> Change:
    """Think and say this; keeps words that are there."""

    def change(reply: Reply, _request: ApiRequest) -> Reply:
        return dataclasses.replace(
            reply, thinking=reply.thinking or thinking, text=reply.text or text
        )

    return change


def calls(edit: Callable[[ToolCall], ToolCall], *, count: int = 1) -> Change:
    """Make sure the reply calls a tool, then edit each call.

    Args:
        edit: Applied to every call.
        count: At least so many calls; made from the tools on offer when the reply has fewer.
    """

    def change(reply: Reply, request: ApiRequest) -> Reply:
        present = list(reply.tool_calls)
        names = list(request.conversation.tools) or ["Read"]
        while len(present) < count:
            name = names[len(present) % len(names)]
            schema = request.conversation.tools.get(name)
            arguments = orjson.dumps(example_for(schema) if schema else {}).decode()
            present.append(ToolCall(name=name, arguments=arguments))
        edited = tuple(edit(call) for call in present)
        return dataclasses.replace(reply, tool_calls=edited, text="", finish=None)

    return change


def with_arguments(arguments: str) -> Callable[[ToolCall], ToolCall]:
    """Return an edit that sets the raw argument text."""
    return lambda call: dataclasses.replace(call, arguments=arguments)


def truncated_arguments(call: ToolCall) -> ToolCall:
    """Cut the arguments so that they are not JSON any more."""
    return dataclasses.replace(call, arguments=call.arguments.rstrip("}") + ',"tail": "cut of')


def nested_as_text(call: ToolCall) -> ToolCall:
    """Turn every nested object or list of the arguments into a string of its JSON."""
    values = orjson.loads(call.arguments or "{}")
    if not any(isinstance(value, dict | list) for value in values.values()):
        values["nested"] = {"key": "value"}
    texts = {
        name: orjson.dumps(value).decode() if isinstance(value, dict | list) else value
        for name, value in values.items()
    }
    return dataclasses.replace(call, arguments=orjson.dumps(texts).decode())


def markup_in_name(call: ToolCall) -> ToolCall:
    """Let GLM's own argument markup leak into the name; the arguments are then empty."""
    values = orjson.loads(call.arguments or "{}")
    markup = "".join(
        f"<arg_key>{name}</arg_key><arg_value>{value}</arg_value>" for name, value in values.items()
    )
    return dataclasses.replace(call, name=call.name + (markup or "<arg_key>"), arguments="{}")


def without_id(call: ToolCall) -> ToolCall:
    """Send the call without an id."""
    return dataclasses.replace(call, id="")


def unchanged(call: ToolCall) -> ToolCall:
    """Leave the call as it is."""
    return call
