"""The conversation for an endpoint that speaks Anthropic Messages but is stricter or sees less than the client's."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from callbacks.translate.blocks import blocks_of, text_of_block
from callbacks.translate.json_values import JsonObject, as_object, as_text, objects_of
from callbacks.translate.media import document_text, image_note
from callbacks.translate.messages import (
    NO_OUTPUT,
    NO_RESULT,
    NOTHING_SAID,
    OPENING,
    ORPHAN,
    operator_note,
    says_something,
)
from callbacks.translate.rules import MessagesRules
from callbacks.translate.thinking import without_foreign_signatures
from callbacks.translate.tool_ids import IdRewriter

_PLAIN_KINDS = frozenset({"text", "thinking", "redacted_thinking", "tool_use", "tool_result"})


def to_sound_messages(messages: object, rules: MessagesRules, notes: set[str]) -> list[JsonObject]:
    """Return the `messages` of a request, with roles that alternate and every tool call answered once.

    Blocks that the endpoint takes keep all their keys, `cache_control` included.

    Args:
        messages: Anthropic messages; entries that are no objects are left out.
        rules: What the provider accepts.
        notes: Names of what was changed are added here.
    """
    builder = _History(rules, notes)
    said = [message for message in objects_of(messages) if says_something(message)]
    for is_assistant, turn in groupby(said, key=lambda m: m.get("role") == "assistant"):
        if is_assistant:
            builder.add_assistant(list(turn))
        else:
            builder.add_user(list(turn))
    return builder.finish()


class _History:
    def __init__(self, rules: MessagesRules, notes: set[str]) -> None:
        self._rules = rules
        self._notes = notes
        self._messages: list[JsonObject] = []
        self._ids = IdRewriter(rules.tool_id_pattern)
        self._open_calls: list[str] = []

    def add_assistant(self, turn: list[JsonObject]) -> None:
        if not self._messages:
            self._say(OPENING)
        blocks: list[JsonObject] = []
        for message in turn:
            own = without_foreign_signatures(message, self._rules.signature_tag)
            for block in blocks_of(own.get("content")):
                if block.get("type") == "tool_use":
                    blocks.append(self._call(block))
                else:
                    blocks += self._kept(block)
        self._messages.append({"role": "assistant", "content": blocks})

    def add_user(self, turn: list[JsonObject]) -> None:
        results: list[JsonObject] = []
        others: list[JsonObject] = []
        for message in turn:
            if message.get("role") == "system":
                texts = [text_of_block(b, self._notes) for b in blocks_of(message.get("content"))]
                note = operator_note("\n\n".join(text for text in texts if text.strip()))
                others.append({"type": "text", "text": note})
                self._notes.add("system_message")
                continue
            for block in blocks_of(message.get("content")):
                if block.get("type") == "tool_result":
                    self._result(block, results, others)
                else:
                    others += self._kept(block)
        blocks = results + self._missing_results() + others
        self._messages.append({"role": "user", "content": blocks})

    def finish(self) -> list[JsonObject]:
        if self._open_calls:
            self._messages.append({"role": "user", "content": self._missing_results()})
        if not self._messages:
            self._say(NOTHING_SAID)
        return self._messages

    def _say(self, text: str) -> None:
        self._notes.add("messages")
        content: list[JsonObject] = [{"type": "text", "text": text}]
        self._messages.append({"role": "user", "content": content})

    def _call(self, block: JsonObject) -> JsonObject:
        client_id = as_text(block.get("id"))
        sent_id = self._ids.call(client_id)
        if sent_id != client_id:
            self._notes.add("tool_id")
        self._open_calls.append(sent_id)
        return {**block, "id": sent_id, "input": as_object(block.get("input"))}

    def _result(
        self, block: JsonObject, results: list[JsonObject], others: list[JsonObject]
    ) -> None:
        inner: list[JsonObject] = []
        for part in blocks_of(block.get("content")):
            inner += self._kept(part)
        content = inner or [_text_block(NO_OUTPUT)]
        sent_id = self._ids.result(as_text(block.get("tool_use_id")))
        if sent_id is None or sent_id not in self._open_calls:
            self._notes.add("orphan_tool_result")
            others += [_text_block(ORPHAN), *content]
            return
        self._open_calls.remove(sent_id)
        results.append({**block, "tool_use_id": sent_id, "content": content})

    def _missing_results(self) -> list[JsonObject]:
        missing = [
            {"type": "tool_result", "tool_use_id": sent_id, "content": [_text_block(NO_RESULT)]}
            for sent_id in self._open_calls
        ]
        if missing:
            self._notes.add("missing_tool_result")
        self._open_calls = []
        return missing

    def _kept(self, block: JsonObject) -> list[JsonObject]:
        """Return a block as the endpoint takes it: as it is, as text, or not at all."""
        kind = as_text(block.get("type"))
        if kind == "text":
            return [block] if as_text(block.get("text")).strip() else []
        if kind == "image":
            if self._rules.reads_images:
                return [block]
            self._notes.add("image")
            return [_text_block(image_note(as_object(block.get("source"))), block)]
        if kind == "document":
            if self._rules.reads_documents:
                return [block]
            self._notes.add("document")
            return [_text_block(document_text(block), block)]
        if kind in _PLAIN_KINDS or (self._rules.server_tools and kind != "tool_reference"):
            return [block]
        text = text_of_block(block, self._notes)
        return [_text_block(text, block)] if text.strip() else []


def _text_block(text: str, instead_of: Mapping[str, Any] | None = None) -> JsonObject:
    """Return a text block; a cache mark of the block it replaces stays."""
    block: JsonObject = {"type": "text", "text": text}
    if instead_of and "cache_control" in instead_of:
        block["cache_control"] = instead_of["cache_control"]
    return block
