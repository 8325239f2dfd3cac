"""The conversation: Anthropic turns to chat messages in an order that every provider accepts.

Goes through the history once, front to back, and decides about a turn by what stands before it only, so that a
longer history has the same beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from callbacks.translate.blocks import Part, blocks_of, join_parts, parts_of, text_of_block
from callbacks.translate.json_values import (
    JsonObject,
    as_object,
    as_text,
    objects_of,
    write_json,
)
from callbacks.translate.rules import ChatRules
from callbacks.translate.tool_ids import IdRewriter
from callbacks.translate.tool_names import sent_tool_name

OPENING = "[The conversation starts with your own words.]"
CONTINUE = "Continue your last message exactly where it stops. Do not repeat any of it."
NO_OUTPUT = "[no output]"
NO_RESULT = "[no result: the call was interrupted]"
FAILED = "[the tool call failed]"
ORPHAN = "[result of a tool call that is no longer in this conversation]"
NOTHING_SAID = "[no message]"


def operator_note(text: str) -> str:
    """Mark a system message from the middle of a conversation as not being the user's words."""
    return f"<operator_note>\n{text}\n</operator_note>"


def to_chat_messages(
    messages: object, rules: ChatRules, notes: set[str], renamed: set[str]
) -> list[JsonObject]:
    """Translate the `messages` of a request, without the system prompt.

    Args:
        messages: Anthropic messages; entries that are no objects are left out.
        rules: What the provider accepts.
        notes: Names of what was changed are added here.
        renamed: Tool names that are sent under another name are added here.

    Returns:
        At least one message, the first from the user; tool messages directly after the calls they answer, each
        call answered once; never two messages of the same role in a row except `tool`.
    """
    builder = _Conversation(rules, notes, renamed)
    said = [message for message in objects_of(messages) if says_something(message)]
    for is_assistant, turn in groupby(said, key=lambda m: m.get("role") == "assistant"):
        if is_assistant:
            builder.add_assistant(list(turn))
        else:
            builder.add_user(list(turn))
    return builder.finish()


def says_something(message: Mapping[str, Any]) -> bool:
    """Tell whether anything of a message is left when blank text and thinking are gone."""
    return any(_counts(block) for block in blocks_of(message.get("content")))


def _counts(block: Mapping[str, Any]) -> bool:
    kind = block.get("type")
    if kind == "text":
        return bool(as_text(block.get("text")).strip())
    return kind not in ("thinking", "redacted_thinking")


class _Conversation:
    def __init__(self, rules: ChatRules, notes: set[str], renamed: set[str]) -> None:
        self._rules = rules
        self._notes = notes
        self._renamed = renamed
        self._messages: list[JsonObject] = []
        self._ids = IdRewriter(rules.tool_id_pattern)
        self._open_calls: list[str] = []

    def add_assistant(self, turn: list[JsonObject]) -> None:
        if not self._messages:
            self._notes.add("messages")
            self._append({"role": "user", "content": OPENING})
        texts: list[str] = []
        thinking: list[str] = []
        calls: list[JsonObject] = []
        after_text = False
        for message in turn:
            for block in blocks_of(message.get("content")):
                kind = block.get("type")
                if kind == "tool_use":
                    calls.append(self._call(block))
                elif kind == "thinking":
                    thinking.append(as_text(block.get("thinking")))
                elif text := text_of_block(block, self._notes):
                    # Texts side by side are one text that citations cut.
                    if after_text and kind == "text":
                        texts[-1] += text
                    else:
                        texts.append(text)
                after_text = kind == "text" and bool(texts)
            after_text = False
        reply: JsonObject = {"role": "assistant"}
        text = "\n\n".join(text for text in texts if text.strip())
        self._add_thinking(reply, "\n\n".join(part for part in thinking if part.strip()))
        if text:
            reply["content"] = reply.get("content", "") + text
        if calls:
            reply["tool_calls"] = calls
        self._append(reply)

    def add_user(self, turn: list[JsonObject]) -> None:
        parts: list[Part] = []
        shown: list[Part] = []
        for message in turn:
            if message.get("role") == "system":
                parts.append(operator_note(self._plain(message)))
                self._notes.add("system_message")
                continue
            for block in blocks_of(message.get("content")):
                if block.get("type") == "tool_result":
                    self._result(block, parts, shown)
                else:
                    parts += parts_of(block, self._rules, self._notes)
        self._answer_open_calls()
        if shown or parts:
            self._append({"role": "user", "content": join_parts(shown + parts)})

    def finish(self) -> list[JsonObject]:
        self._answer_open_calls()
        if not self._messages:
            self._notes.add("messages")
            self._append({"role": "user", "content": NOTHING_SAID})
        if self._messages[-1]["role"] == "assistant" and not self._rules.prefill:
            self._notes.add("prefill")
            self._append({"role": "user", "content": CONTINUE})
        return self._messages

    def _append(self, message: JsonObject) -> None:
        allowed = self._rules.message_keys[message["role"]]
        self._messages.append({key: value for key, value in message.items() if key in allowed})

    def _plain(self, message: Mapping[str, Any]) -> str:
        blocks = blocks_of(message.get("content"))
        texts = (text_of_block(block, self._notes) for block in blocks)
        return "\n\n".join(text for text in texts if text.strip())

    def _add_thinking(self, reply: JsonObject, thinking: str) -> None:
        if not thinking:
            return
        where = self._rules.reasoning_history
        if where == "think_tag":
            reply["content"] = f"<think>\n{thinking}\n</think>\n"
        elif where:
            reply[where] = thinking
        else:
            self._notes.add("thinking_history")

    def _call(self, block: Mapping[str, Any]) -> JsonObject:
        client_id = as_text(block.get("id"))
        sent_id = self._ids.call(client_id)
        if sent_id != client_id:
            self._notes.add("tool_id")
        self._open_calls.append(sent_id)
        name = as_text(block.get("name"))
        sent_name = sent_tool_name(name, self._rules.tool_name_limit)
        if sent_name != name:
            self._renamed.add(name)
        arguments = write_json(as_object(block.get("input")))
        function = {"name": sent_name, "arguments": arguments}
        return {"id": sent_id, "type": "function", "function": function}

    def _result(self, block: Mapping[str, Any], parts: list[Part], shown: list[Part]) -> None:
        text = self._result_text(block, shown)
        sent_id = self._ids.result(as_text(block.get("tool_use_id")))
        if sent_id is None or sent_id not in self._open_calls:
            self._notes.add("orphan_tool_result")
            parts.append(f"{ORPHAN}\n{text}")
            return
        self._open_calls.remove(sent_id)
        self._append({"role": "tool", "tool_call_id": sent_id, "content": text})

    def _result_text(self, block: Mapping[str, Any], shown: list[Part]) -> str:
        """Return a tool result as text; images that the model sees go to the user message after it."""
        texts: list[str] = []
        for inner in blocks_of(block.get("content")):
            for part in parts_of(inner, self._rules, self._notes):
                if isinstance(part, str):
                    texts.append(part)
                    continue
                shown += [f"[image {len(shown) // 2 + 1} of the tool results above]", part]
                texts.append(f"[image {len(shown) // 2}: shown after the tool results]")
        text = "\n".join(texts) or NO_OUTPUT
        return f"{FAILED}\n{text}" if block.get("is_error") is True else text

    def _answer_open_calls(self) -> None:
        for sent_id in self._open_calls:
            self._notes.add("missing_tool_result")
            self._append({"role": "tool", "tool_call_id": sent_id, "content": NO_RESULT})
        self._open_calls = []
