"""The auto-actor: what the simulated model says when nobody scripted it.

Deterministic, so that a session driven by hand or by a load test can be checked:

- a short answer that echoes the request, or `reply_tokens` tokens of text;
- "read FILE" with a tool named Read on offer calls it, and the answer after the tool result
  quotes the result's first line; "call NAME {json}" calls any offered tool, said twice it calls two;
- JSON where a JSON answer is asked for, a forced tool's call where one is;
- the last `mark:XYZ` in the user's text is repeated all through the answer, so that streams that
  got mixed up are found; `tokens:N` asks for N tokens of text in one request.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING

import orjson

from ccglm.simulator.reply import Reply, ToolCall
from ccglm.simulator.schema_example import example_for
from ccglm.simulator.tokens import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ccglm.simulator.conversation import Conversation
    from ccglm.simulator.knobs import Knobs

_READ = re.compile(r"\bread\s+(?:the\s+)?(?:file\s+)?[`'\"]?([~./\w][\w./~+-]*\w)", re.I)
_CALL = re.compile(r"\bcall\s+(?P<name>[\w.-]+)\s+(?=\{)")
_JSON = json.JSONDecoder()
_MARK = re.compile(r"\bmark:[\w-]+")
_TOKENS = re.compile(r"\btokens:(\d+)")
_LINE_NUMBER = re.compile(r"^\s*\d+(?:→|\t)")
_ECHO_CHARS = 60
_FILLER = (
    "The quick brown fox jumps over the lazy dog while seven wizards brew fresh tea.\n"
    "Größe, naïve café, 東京 and 🦊 keep every byte honest.\n"
)
_THOUGHT = "The user wants a reply, so I plan it briefly before answering."


def act(conversation: Conversation, knobs: Knobs, *, asked_to_think: bool) -> Reply:
    """Return the reply to a conversation that no script answers."""
    thinking = _thinking(knobs, asked_to_think=asked_to_think)
    if conversation.answer_schema is not None:
        example = example_for(conversation.answer_schema or {"type": "object"})
        return Reply(thinking=thinking, text=orjson.dumps(example).decode())
    if conversation.tool_results:
        return Reply(thinking=thinking, text=_quote(conversation.tool_results))
    calls = _wanted_calls(conversation)
    if calls:
        return Reply(thinking=thinking, tool_calls=calls)
    return Reply(thinking=thinking, text=_answer(conversation.user_words, knobs))


def _thinking(knobs: Knobs, *, asked_to_think: bool) -> str:
    if knobs.think == "never" or (knobs.think == "asked" and not asked_to_think):
        return ""
    return text_of(knobs.thinking_tokens, "") if knobs.thinking_tokens else _THOUGHT


def _quote(results: tuple[str, ...]) -> str:
    first_lines = [_LINE_NUMBER.sub("", result).split("\n", 1)[0].strip() for result in results]
    return "The tool returned: " + " | ".join(first_lines)


def _wanted_calls(conversation: Conversation) -> tuple[ToolCall, ...]:
    text, tools = conversation.user_words, conversation.tools
    asked = tuple(call for call in _calls_in(text) if call.name in tools)
    if asked:
        return asked
    paths = [path for path in _READ.findall(text) if "/" in path or "." in path]
    if paths and "Read" in tools:
        arguments = orjson.dumps({"file_path": paths[-1]}).decode()
        return (ToolCall(name="Read", arguments=arguments),)
    forced = conversation.forced_tool
    if forced is None or not tools:
        return ()
    name = forced if forced in tools else next(iter(tools))
    return (ToolCall(name=name, arguments=orjson.dumps(example_for(tools[name])).decode()),)


def _calls_in(text: str) -> Iterator[ToolCall]:
    """Yield what "call NAME {json}" asks for, in order; what is not JSON after a name is no call."""
    asked = _CALL.search(text)
    while asked is not None:
        end = asked.end()
        with contextlib.suppress(ValueError):
            _, end = _JSON.raw_decode(text, end)
            yield ToolCall(name=asked["name"], arguments=text[asked.end() : end])
        asked = _CALL.search(text, end)


def _answer(user_text: str, knobs: Knobs) -> str:
    marks = _MARK.findall(user_text)
    mark = marks[-1] if marks else ""
    asked = _TOKENS.search(user_text)
    tokens = int(asked[1]) if asked else knobs.reply_tokens
    if tokens:
        return text_of(tokens, mark)
    words = " ".join(user_text.split())
    echo = words if len(words) <= _ECHO_CHARS else words[-_ECHO_CHARS:]
    return f"You said: {echo}" if echo else "Hello."


def text_of(tokens: int, mark: str) -> str:
    """Return a text of exactly this many tokens that repeats the mark all through.

    Args:
        tokens: Length in the simulator's tokens, greater than zero.
        mark: Text to repeat at the start of every paragraph; may be empty.
    """
    paragraph = f"{mark}: {_FILLER}" if mark else _FILLER
    # The text is cut after it was repeated: at a joint, two halves may be one piece.
    repeats = tokens // (len(pieces(paragraph)) - 1) + 1
    return "".join(pieces(paragraph * repeats)[:tokens])
