from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callbacks.translate.response_format import apply_response_format, wanted_schema
from callbacks.translate.rules import ChatRules
from tests.helpers.chat_rules import NARROW, STRICT

SCHEMA = {"type": "object", "properties": {"t": {"type": "string", "pattern": "a"}}}
FORM = {"type": "json_schema", "schema": SCHEMA}
BODY = {"output_config": {"format": FORM}}


def applied(
    rules: ChatRules, body: dict[str, Any] = BODY, **sent: Any
) -> tuple[dict[str, Any], str, set[str]]:
    notes: set[str] = set()
    words = apply_response_format(sent, body, rules, notes)
    return sent, words, notes


@pytest.mark.parametrize(
    ("body", "schema"),
    [
        (BODY, SCHEMA),
        ({"output_format": FORM}, SCHEMA),
        ({"output_config": {"format": {"type": "text"}}}, None),
        ({}, None),
    ],
)
def test_the_wanted_schema(body: dict[str, Any], schema: Any) -> None:
    assert wanted_schema(body) == schema


def test_a_schema_is_sent_cleaned_where_it_is_taken() -> None:
    sent, words, notes = applied(STRICT)
    cleaned = {"type": "object", "properties": {"t": {"type": "string"}}}
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": cleaned}}
    assert (sent["response_format"], words, notes) == (form, "", set())


def test_only_json_is_asked_for_where_no_schema_is_taken() -> None:
    sent, words, notes = applied(NARROW)
    assert sent["response_format"] == {"type": "json_object"}
    assert '"pattern":"a"' in words
    assert notes == {"output_format"}


@pytest.mark.parametrize(
    "rules",
    [
        replace(STRICT, response_formats=frozenset()),
        replace(STRICT, properties=frozenset({"model"})),
    ],
)
def test_words_are_all_where_nothing_is_taken(rules: ChatRules) -> None:
    sent, words, _ = applied(rules)
    assert "response_format" not in sent
    assert "MUST match this JSON schema" in words


def test_beside_tools_words_do_it() -> None:
    sent, words, _ = applied(STRICT, tools=[{}])
    assert "response_format" not in sent
    assert words
    assert "response_format" in applied(NARROW, tools=[{}])[0]


def test_free_text_changes_nothing() -> None:
    assert applied(STRICT, {}) == ({}, "", set())
