"""What makes a body no Messages request at all, in the words of the Messages API.

Everything softer (empty texts, orphaned results, odd fields) is put right by the translators; this is only
what leaves nothing to translate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast


def problem_of(body: Mapping[str, Any]) -> str:
    """Return what is wrong with a request as one sentence, empty when it can be served.

    Args:
        body: The client's body; `model`, `messages` and `tools` are looked at.
    """
    model = body.get("model")
    if not isinstance(model, str) or not model:
        return "model: Field required" if model is None else "model: Input should be a valid string"
    if "messages" not in body:
        return "messages: Field required"
    messages: object = body["messages"]
    if not isinstance(messages, list):
        return "messages: Input should be a valid list"
    if not messages:
        return "messages: at least one message is required"
    for index, message in enumerate(cast("list[object]", messages)):
        if problem := _problem_of_message(message):
            return f"messages.{index}{problem}"
    if not isinstance(body.get("tools"), list | None):
        return "tools: Input should be a valid list"
    return ""


def _problem_of_message(message: object) -> str:
    if not isinstance(message, dict):
        return ": Input should be an object"
    known = cast("dict[str, object]", message)
    if not isinstance(known.get("role"), str):
        return ".role: Field required"
    if not isinstance(known.get("content"), str | list):
        return ".content: Input should be a string or a list of blocks"
    return ""
