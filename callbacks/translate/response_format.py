"""A wanted JSON shape of the answer: to `response_format`, or in words where the provider has no such thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.translate.json_values import JsonObject, as_object, write_json
from callbacks.translate.rules import ChatRules
from callbacks.translate.schema import clean_schema


def wanted_schema(body: Mapping[str, Any]) -> JsonObject | None:
    """Return the JSON schema that the client wants the answer in, None for free text.

    Reads `output_config.format`, and `output_format` as older clients call it.
    """
    form = as_object(as_object(body.get("output_config")).get("format"))
    form = form or as_object(body.get("output_format"))
    return as_object(form.get("schema")) if form.get("type") == "json_schema" else None


def apply_response_format(
    sent: JsonObject, body: Mapping[str, Any], rules: ChatRules, notes: set[str]
) -> str:
    """Put `response_format` into a chat request.

    Args:
        sent: The request being built, tools included; changed.
        body: The client's request.
        rules: What the provider accepts.
        notes: `output_format` is added here when the shape is only asked for in words.

    Returns:
        What to add to the system prompt, empty when the provider takes the schema itself.
    """
    schema = wanted_schema(body)
    if schema is None:
        return ""
    formats = rules.response_formats if "response_format" in rules.properties else frozenset[str]()
    if "tools" in sent and not rules.format_with_tools:
        formats = frozenset[str]()
    if "json_schema" in formats:
        cleaned = clean_schema(schema, rules.refused_schema_keywords)
        sent["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": cleaned},
        }
        return ""
    notes.add("output_format")
    if "json_object" in formats:
        sent["response_format"] = {"type": "json_object"}
    return (
        "Your final answer MUST be one JSON value and nothing else: no explanation, no code fence."
        f" It MUST match this JSON schema:\n{write_json(schema)}"
    )
