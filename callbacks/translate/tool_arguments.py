"""Tool calls as models write them, made into what the tool's schema asks for, where that is safe.

Safe means: nothing is guessed. A value is re-read (a JSON text inside a string, GLM's XML markup, a doubled
object), never completed; what stays unreadable is a fault.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from callbacks.translate.context import ReplyContext
from callbacks.translate.faults import ReplyFault
from callbacks.translate.json_values import JsonObject, as_object, is_object, read_json, write_json
from callbacks.translate.schema_fit import fit, has_required, property_schema, takes_text

# GLM writes calls as <arg_key>k</arg_key><arg_value>v</arg_value>; when a server's parser misses one, the markup
# ends up in the name or in the arguments (zai-org/GLM-5#84, 2026-06-17).
_PAIR = re.compile(r"<arg_key>(.*?)</arg_key>\s*<arg_value>(.*?)</arg_value>", re.DOTALL)
_CALL_TAGS = re.compile(r"</?tool_call>")
_FENCE = re.compile(r"\s*```(?:json)?\s*(.*?)\s*```\s*", re.DOTALL)


class Call(NamedTuple):
    """A tool call that the client can run: a tool's name, and its arguments as the JSON text of an object."""

    name: str
    arguments: str


def mend_call(name: str, arguments: str, context: ReplyContext) -> Call:
    """Return a call with the name the client knows and arguments that fit the tool's schema.

    Arguments that need no repair are returned as they are.

    Args:
        name: Name as the model wrote it, possibly with markup in it, or empty.
        arguments: Arguments as the model wrote them; empty for a tool without any.
        context: The tools that the client offered.

    Raises:
        ReplyFault: Name or arguments are not readable.
    """
    bare, leaked = _split_name(name)
    found = _find_tool(bare, context)
    text = arguments.strip()
    whole = read_arguments(text)
    if leaked:
        whole = _add_leaked(whole, text, leaked, context.tool_schemas.get(found, {}))
    if whole is None:
        raise ReplyFault("bad_tool_call", "the model wrote an unreadable tool call", retry=True)
    if not found:
        found = _only_taker(whole, context)
    fitted = fit(whole, context.tool_schemas.get(found, {}))
    if fitted == whole and _is_plain(text, whole):
        return Call(found, text)
    return Call(found, write_json(fitted))


def is_cut_off(arguments: str) -> bool:
    """Tell whether the arguments of a call that the output limit may have cut are unfinished."""
    return read_arguments(arguments.strip()) is None


def read_arguments(text: str) -> JsonObject | None:
    """Return the object that the text holds, None if it cannot be read without guessing."""
    if not text or text == "null":
        return {}
    try:
        value = read_json(text)
    except ValueError:
        return _read_odd(text)
    if isinstance(value, str):
        return read_arguments(value.strip()) if value.strip() != text else None
    return value if is_object(value) else None


def _read_odd(text: str) -> JsonObject | None:
    if fence := _FENCE.fullmatch(text):
        return read_arguments(fence[1])
    if "<arg_key>" in text:
        return _read_markup(text)
    return _read_doubled(text) or _read_python(text)


def _read_markup(text: str) -> JsonObject | None:
    pairs = _PAIR.findall(text)
    rest = _CALL_TAGS.sub("", _PAIR.sub("", text)).strip()
    return None if rest or not pairs else {key.strip(): value for key, value in pairs}


def _read_doubled(text: str) -> JsonObject | None:
    """Read `{}{"a":1}` and `{"a":1}{"a":1}`: an object sent twice, or after an empty one."""
    at = text.find("}{")
    while at >= 0:
        try:
            first, second = read_json(text[: at + 1]), read_json(text[at + 1 :])
        except ValueError:
            at = text.find("}{", at + 1)
            continue
        return as_object(second) if first in ({}, second) else None
    return None


def _read_python(text: str) -> JsonObject | None:
    """Read a Python dict literal, as models write it now and then: `{'a': True}`."""
    if not text.startswith("{") or not text.endswith("}"):
        return None
    try:
        value = as_object(ast.literal_eval(text))
        return as_object(read_json(write_json(value))) or None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _split_name(name: str) -> tuple[str, str]:
    """Return the name without markup, and the markup."""
    name = _CALL_TAGS.sub("", name).strip()
    at = name.find("<")
    return (name[:at].strip(), name[at:]) if at >= 0 else (name, "")


def _find_tool(name: str, context: ReplyContext) -> str:
    """Return the tool's name as the client knows it; an unknown one stays, the client names the right one."""
    name = context.tool_names.get(name, name)
    tools = context.tool_schemas
    if name in tools or not name:
        return name
    short = name.removeprefix("functions.").split(":")[0]
    short = context.tool_names.get(short, short)
    if short in tools:
        return short
    alike = [tool for tool in tools if tool.lower() == short.lower()]
    return alike[0] if len(alike) == 1 else name


def _only_taker(arguments: JsonObject, context: ReplyContext) -> str:
    """Return the one tool that such arguments can be for: a model sometimes forgets the name."""
    takers = [
        name
        for name, schema in context.tool_schemas.items()
        if arguments
        and has_required(schema, arguments)
        and arguments.keys() <= as_object(schema.get("properties")).keys()
    ]
    if len(takers) != 1:
        raise ReplyFault("bad_tool_call", "the model called a tool without naming it", retry=True)
    return takers[0]


def _add_leaked(
    whole: JsonObject | None, text: str, leaked: str, schema: Mapping[str, Any]
) -> JsonObject | None:
    """Return the arguments with those that ended up in the name, None if some are missing."""
    parts = _PAIR.findall(leaked + text) if whole is None else _PAIR.findall(leaked)
    merged: JsonObject = {key.strip(): _typed(key.strip(), value, schema) for key, value in parts}
    merged.update(whole or {})
    complete = schema and has_required(schema, merged)
    rest = _CALL_TAGS.sub("", _PAIR.sub("", leaked + ("" if whole else text))).strip()
    return merged if complete or not rest else None


def _typed(key: str, value: str, schema: Mapping[str, Any]) -> Any:
    """Read a value of the markup: text where the schema takes text, JSON elsewhere."""
    wanted = property_schema(schema, key)
    if takes_text(wanted):
        return value
    try:
        return read_json(value)
    except ValueError:
        return value


def _is_plain(text: str, whole: JsonObject) -> bool:
    """Tell whether the text is strict JSON as it stands."""
    try:
        return read_json(text) == whole and text.startswith("{") and "\n" not in text
    except ValueError:
        return False
