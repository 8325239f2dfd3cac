from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callbacks.translate.rules import ChatRules
from callbacks.translate.tools import (
    ToolSet,
    apply_tool_choice,
    is_server_tool,
    referenced_tools,
    to_chat_tools,
)
from tests.helpers.chat_rules import NARROW, STRICT

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


def tool(name: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, "description": f"does {name}", "input_schema": SCHEMA, **fields}


def translated(
    *tools: Any, rules: ChatRules = STRICT, messages: Any = ()
) -> tuple[ToolSet, set[str]]:
    notes: set[str] = set()
    return to_chat_tools({"tools": list(tools), "messages": list(messages)}, rules, notes), notes


def names(found: ToolSet) -> list[str]:
    return [definition["function"]["name"] for definition in found.definitions]


def test_a_tool_becomes_a_function() -> None:
    found, notes = translated(tool("Read"), tool("Bash", description=""))
    assert found.definitions[0] == {
        "type": "function",
        "function": {"name": "Read", "description": "does Read", "parameters": SCHEMA},
    }
    assert "description" not in found.definitions[1]["function"]
    assert found.schemas == {"Read": SCHEMA, "Bash": SCHEMA}
    assert notes == set()


def test_a_deferred_tool_leaves_only_once_it_was_found() -> None:
    deferred = tool("Web", defer_loading=True)
    found, notes = translated(tool("Read"), deferred)
    assert names(found) == ["Read"]
    assert notes == {"defer_loading"}
    reference = {"type": "tool_reference", "tool_name": "Web"}
    result = {"type": "tool_result", "tool_use_id": "t", "content": [reference]}
    found, notes = translated(
        tool("Read"), deferred, messages=[{"role": "user", "content": [result]}]
    )
    assert names(found) == ["Read", "Web"]
    assert "defer_loading" not in str(found.definitions)


def test_references_are_found_at_the_top_too() -> None:
    reference = {"type": "tool_reference", "tool_name": "Web"}
    assert referenced_tools([{"role": "user", "content": [reference]}]) == {"Web"}
    assert referenced_tools([{"role": "user", "content": "a"}]) == set()


def test_server_tools_are_reported() -> None:
    search = {"type": "web_search_20250305", "name": "web_search"}
    found, _ = translated(search, tool("Read", type="custom"))
    assert found.server_tools == ["web_search_20250305"]
    assert names(found) == ["Read"]
    assert is_server_tool(search)
    assert not is_server_tool(tool("Read", type="custom"))


def test_a_long_name_is_sent_short_and_known_by_both() -> None:
    long_name = "mcp__" + "x" * 90
    found, notes = translated(tool(long_name))
    (sent,) = names(found)
    assert len(sent) == 64
    assert found.renamed == {sent: long_name}
    assert notes == {"tool_name"}


def test_doubled_nameless_and_superfluous_tools_are_left_out() -> None:
    found, notes = translated(tool("A"), tool("A"), tool(""), tool("B"), tool("C"), "odd")
    assert names(found) == ["A", "B", "C"]
    assert notes == {"tools"}
    found, notes = translated(tool("A"), tool("B"), rules=replace(STRICT, max_tools=1))
    assert names(found) == ["A"]
    assert notes == {"tools"}


@pytest.mark.parametrize(
    ("values", "sent"),
    [
        ((True, True), {True}),
        ((False, False), {False}),
        ((True, False), {None}),
        ((None, True), {None}),
    ],
)
def test_strict_is_the_same_for_all_or_absent(values: tuple[Any, Any], sent: set[Any]) -> None:
    tools = [tool(f"T{n}", **({} if v is None else {"strict": v})) for n, v in enumerate(values)]
    found, _ = translated(*tools)
    assert {d["function"].get("strict") for d in found.definitions} == sent
    found, _ = translated(*tools, rules=NARROW)
    assert {d["function"].get("strict") for d in found.definitions} == {None}


def choice(wanted: Any, rules: ChatRules, *tools: Any) -> tuple[dict[str, Any], set[str]]:
    found, _ = translated(*(tools or (tool("Read"), tool("Bash"))), rules=rules)
    notes: set[str] = set()
    sent: dict[str, Any] = {}
    apply_tool_choice(sent, wanted, found, rules, notes)
    if "tools" in sent:
        sent["tools"] = [definition["function"]["name"] for definition in sent["tools"]]
    return sent, notes


BOTH = ["Read", "Bash"]
NAMED = {"type": "function", "function": {"name": "Bash"}}
ONLY_REQUIRED = replace(NARROW, tool_choices=frozenset({"auto", "required"}))


@pytest.mark.parametrize(
    ("wanted", "rules", "sent", "noted"),
    [
        (None, STRICT, {"tools": BOTH}, False),
        ({"type": "auto"}, STRICT, {"tools": BOTH}, False),
        ({"type": "any"}, STRICT, {"tools": BOTH, "tool_choice": "required"}, False),
        ({"type": "none"}, STRICT, {"tools": BOTH, "tool_choice": "none"}, False),
        ({"type": "tool", "name": "Bash"}, STRICT, {"tools": BOTH, "tool_choice": NAMED}, False),
        ({"type": "tool", "name": "Gone"}, STRICT, {"tools": BOTH}, True),
        ({"type": "any"}, NARROW, {"tools": BOTH}, True),
        ({"type": "none"}, NARROW, {}, True),
        ({"type": "tool", "name": "Bash"}, NARROW, {"tools": ["Bash"]}, True),
        ({"type": "tool", "name": "Bash"}, ONLY_REQUIRED, {"tools": ["Bash"], "tool_choice": "required"}, True),
    ],
)  # fmt: skip
def test_choices_are_said_in_the_providers_way(
    wanted: Any, rules: ChatRules, sent: dict[str, Any], noted: bool
) -> None:
    got, notes = choice(wanted, rules)
    assert got == sent
    assert notes == ({"tool_choice"} if noted else set())


def test_one_call_at_a_time() -> None:
    wanted = {"type": "auto", "disable_parallel_tool_use": True}
    assert choice(wanted, STRICT)[0]["parallel_tool_calls"] is False
    sent, notes = choice(wanted, NARROW)
    assert "parallel_tool_calls" not in sent
    assert notes == {"disable_parallel_tool_use"}


def test_without_tools_nothing_is_chosen() -> None:
    sent: dict[str, Any] = {}
    apply_tool_choice(sent, {"type": "any"}, ToolSet(), STRICT, set())
    assert sent == {}
