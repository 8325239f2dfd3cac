"""Tool definitions and the choice among them, for a chat-completions endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callbacks.translate.blocks import blocks_of
from callbacks.translate.json_values import JsonObject, as_object, as_text, objects_of
from callbacks.translate.rules import ChatRules
from callbacks.translate.schema import clean_schema
from callbacks.translate.tool_names import sent_tool_name


@dataclass(slots=True)
class ToolSet:
    """The tools of one request.

    Attributes:
        definitions: What is sent, in the client's order.
        schemas: The client's own `input_schema` by the client's name.
        renamed: Sent name -> the client's name, where they differ.
        server_tools: Types of tools that the endpoint itself would have to run.
    """

    definitions: list[JsonObject] = field(default_factory=list[JsonObject])
    schemas: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    renamed: dict[str, str] = field(default_factory=dict[str, str])
    server_tools: list[str] = field(default_factory=list[str])


def referenced_tools(messages: object) -> set[str]:
    """Return the names of deferred tools that a tool search in the history has brought up."""
    names: set[str] = set()
    for message in objects_of(messages):
        for block in blocks_of(message.get("content")):
            for inner in (block, *objects_of(block.get("content"))):
                if inner.get("type") == "tool_reference":
                    names.add(as_text(inner.get("tool_name")))
    return names


def is_server_tool(tool: Mapping[str, Any]) -> bool:
    """Tell whether the endpoint runs the tool itself, such as `web_search_20250305`."""
    kind = as_text(tool.get("type"))
    return kind not in ("", "custom") and "input_schema" not in tool


def is_withheld(tool: Mapping[str, Any], referenced: set[str]) -> bool:
    """Tell whether the tool is one that the model is not to see yet."""
    return tool.get("defer_loading") is True and tool.get("name") not in referenced


def to_chat_tools(body: Mapping[str, Any], rules: ChatRules, notes: set[str]) -> ToolSet:
    """Translate `tools`; deferred ones leave only when the history refers to them.

    Args:
        body: The request; `tools`, and `messages` for references, are read.
        rules: What the provider accepts.
        notes: Names of what was changed are added here.
    """
    found = ToolSet()
    tools = objects_of(body.get("tools"))
    deferred = any(tool.get("defer_loading") is True for tool in tools)
    referenced = referenced_tools(body.get("messages")) if deferred else set[str]()
    strict = _uniform_strict(tools) if rules.strict_tools else None
    for tool in tools:
        name = as_text(tool.get("name"))
        if is_server_tool(tool):
            found.server_tools.append(as_text(tool.get("type")))
            continue
        if is_withheld(tool, referenced):
            notes.add("defer_loading")
            continue
        if not name or name in found.schemas:
            notes.add("tools")
            continue
        found.schemas[name] = as_object(tool.get("input_schema"))
        sent = sent_tool_name(name, rules.tool_name_limit)
        if sent != name:
            found.renamed[sent] = name
            notes.add("tool_name")
        found.definitions.append(_definition(tool, sent, rules, strict=strict))
    if rules.max_tools is not None and len(found.definitions) > rules.max_tools:
        notes.add("tools")
        del found.definitions[rules.max_tools :]
    return found


def _uniform_strict(tools: list[JsonObject]) -> bool | None:
    """Return the one value of `strict` that all tools have, None when they differ or have none."""
    values = {tool.get("strict") for tool in tools if not is_server_tool(tool)}
    return bool(values.pop()) if values in ({True}, {False}) else None


def _definition(
    tool: Mapping[str, Any], sent: str, rules: ChatRules, *, strict: bool | None
) -> JsonObject:
    function: JsonObject = {"name": sent}
    if description := as_text(tool.get("description")):
        function["description"] = description
    schema = as_object(tool.get("input_schema"))
    function["parameters"] = clean_schema(schema, rules.refused_schema_keywords)
    if strict is not None:
        function["strict"] = strict
    return {"type": "function", "function": function}


def apply_tool_choice(
    sent: JsonObject, choice: object, tools: ToolSet, rules: ChatRules, notes: set[str]
) -> None:
    """Put `tools`, `tool_choice` and `parallel_tool_calls` into a request.

    A choice that the provider does not know is expressed by the tools themselves: none of them for `none`, only
    the named one for a single tool.

    Args:
        sent: The request being built; changed.
        choice: The client's `tool_choice`.
        tools: What `to_chat_tools` returned.
        rules: What the provider accepts.
        notes: Names of what was changed are added here.
    """
    if not tools.definitions:
        return
    wanted = as_object(choice)
    kind = as_text(wanted.get("type"))
    sent["tools"] = tools.definitions
    if kind == "none":
        _choose_none(sent, rules, notes)
    elif kind == "any" and "required" in rules.tool_choices:
        sent["tool_choice"] = "required"
    elif kind == "tool":
        _choose_one(sent, as_text(wanted.get("name")), rules, notes)
    elif kind == "any":
        notes.add("tool_choice")
    if wanted.get("disable_parallel_tool_use") is True and "tools" in sent:
        if "parallel_tool_calls" in rules.properties:
            sent["parallel_tool_calls"] = False
        else:
            notes.add("disable_parallel_tool_use")


def _choose_none(sent: JsonObject, rules: ChatRules, notes: set[str]) -> None:
    if "none" in rules.tool_choices:
        sent["tool_choice"] = "none"
    else:
        del sent["tools"]
        notes.add("tool_choice")


def _choose_one(sent: JsonObject, name: str, rules: ChatRules, notes: set[str]) -> None:
    sent_name = sent_tool_name(name, rules.tool_name_limit)
    only = [tool for tool in sent["tools"] if tool["function"]["name"] == sent_name]
    if not only:
        notes.add("tool_choice")
    elif "function" in rules.tool_choices:
        sent["tool_choice"] = {"type": "function", "function": {"name": sent_name}}
    else:
        sent["tools"] = only
        notes.add("tool_choice")
        if "required" in rules.tool_choices:
            sent["tool_choice"] = "required"
