"""What makes a Messages body one: checked before anybody is asked, with the wording the API itself would use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

_ROLES = ("user", "assistant", "system")
_THREAD = "thread: conversations are not kept here; send the whole conversation without `thread`"


def problem_of(body: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a Messages body, or None.

    Only what no dialect could make sense of is refused; the rest is made valid on its way.
    """
    messages = body.get("messages")
    if not isinstance(messages, list):
        return "messages: Input should be a valid list"
    if not messages:
        return "messages: at least one message is required"
    if body.get("thread") is not None:
        return _THREAD
    max_tokens = body.get("max_tokens")
    if max_tokens is not None and not _is_count(max_tokens):
        return "max_tokens: Input should be a whole number of at least 1"
    if not isinstance(body.get("tools"), list | None):
        return "tools: Input should be a valid list"
    return _problem_in(cast("Sequence[object]", messages))


def details_of(problem: str) -> Mapping[str, Any] | None:
    """Return what the API says beside the words of a problem, for programs, or None.

    The tool runners of Anthropic's SDKs (Python 2.11, JavaScript 1.11, 2026-11) ask with `thread`, and then send
    only what is new, unless they are told in this form that nothing is kept.
    """
    return {"error_code": "thread_unsupported_request"} if problem == _THREAD else None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _problem_in(messages: Sequence[object]) -> str | None:
    for index, message in enumerate(messages):
        if not isinstance(message, dict):
            return f"messages.{index}: Input should be an object"
        entry = cast("dict[str, Any]", message)
        if entry.get("role") not in _ROLES:
            return f"messages.{index}.role: Input should be 'user' or 'assistant'"
        if not isinstance(entry.get("content"), str | list):
            return f"messages.{index}.content: Input should be a string or a list of blocks"
    return None
