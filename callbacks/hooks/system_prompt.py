"""System-prompt prefix: our text in front of the client's own system prompt, never instead of it.

Applied for each attempt, because the text may depend on the member that serves. The same request and member
always give the same bytes, so that the providers' prefix caches hold, and text that is there already is not put
there again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from litellm_config.hook_settings import HookSettings

_SEPARATOR = "\n\n"


class SystemPrompt:
    """Choose the prefix of a member and put it into a request."""

    def __init__(self, settings: HookSettings) -> None:
        self._default = settings.prompt_prefix
        self._by_model = settings.prompt_prefix_by_model
        self._reasoning_members = frozenset(settings.reasoning_models)
        self._reasoning_text = settings.reasoning_text

    def prefix(self, member: str, role: str) -> str:
        """Return the text for a member, empty for none.

        Args:
            member: Who serves, `provider/model`; its own text wins.
            role: The role it serves for, possibly empty.
        """
        own = self._by_model.get(member, self._by_model.get(role, self._default))
        thinks = member in self._reasoning_members and self._reasoning_text
        return _SEPARATOR.join(
            part for part in (own, self._reasoning_text if thinks else "") if part
        )

    def apply(self, request: dict[str, Any], member: str, role: str, *, messages_api: bool) -> None:
        """Put the prefix into one attempt's arguments.

        Args:
            request: Keyword arguments of LiteLLM's call, for this attempt only; `system` or `messages` is
                replaced, never changed in place.
            member: Who serves.
            role: The role it serves for.
            messages_api: Whether the call speaks Anthropic Messages, where the prompt is `system`.
        """
        prefix = self.prefix(member, role)
        if not prefix:
            return
        if messages_api:
            request["system"] = with_prefix(request.get("system"), prefix)
        else:
            request["messages"] = with_prefixed_message(request.get("messages") or [], prefix)


def with_prefix(system: object, prefix: str) -> str | list[Any]:
    """Return a `system` value that begins with the prefix, once.

    Args:
        system: A string, a list of text blocks, or nothing.
        prefix: Text, not empty.
    """
    if isinstance(system, list):
        blocks = cast("list[Any]", system)
        first = blocks[0] if blocks else None
        if isinstance(first, dict) and cast("dict[str, Any]", first).get("text") == prefix:
            return blocks
        return [{"type": "text", "text": prefix}, *blocks]
    text = system if isinstance(system, str) else ""
    if not text:
        return prefix
    return text if text.startswith(prefix) else f"{prefix}{_SEPARATOR}{text}"


def with_prefixed_message(messages: Sequence[Any], prefix: str) -> list[Any]:
    """Return chat messages whose first one is a system message that begins with the prefix, once."""
    first = messages[0] if messages else None
    if not isinstance(first, dict):
        return [{"role": "system", "content": prefix}, *messages]
    message = cast("dict[str, Any]", first)
    if message.get("role") not in ("system", "developer"):
        return [{"role": "system", "content": prefix}, *messages]
    return [{**message, "content": with_prefix(message.get("content"), prefix)}, *messages[1:]]
