"""Z.ai's OpenAI surfaces, pay as you go and coding plan: chat completions with a `thinking` object.

Sources: vendor SDK types and documentation digests, read by 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from callbacks.dialects.base import Dialect, Refusal, Target
from callbacks.dialects.causes import Cause, Fault
from callbacks.dialects.chat_rules import thinking_rules
from callbacks.dialects.zai_errors import cause_of_code, with_reset_time
from callbacks.translate.context import ReplyContext
from callbacks.translate.reply_stream import ReplyStream
from callbacks.translate.request import ChatRequest, to_chat_completion
from callbacks.translate.response import to_message
from callbacks.translate.rules import COMMON_MESSAGE_KEYS, ChatRules
from callbacks.translate.stream import ChatStream

_PROPERTIES = frozenset(
    {
        "model", "messages", "max_tokens", "temperature", "top_p", "stop", "stream", "tools", "tool_choice", "thinking",
        "reasoning_effort", "tool_stream", "response_format",
    }
)  # fmt: skip

TOOL_IDS = r"(?:call|toolu)_[A-Za-z0-9_-]{1,96}"
"""Other ids were refused as illegal messages (opencode#2557, 2025-09; opencode#22209, 2026-04-12)."""


class ZaiOpenAI(Dialect):
    """`https://api.z.ai/api/paas/v4` and `https://api.z.ai/api/coding/paas/v4`."""

    @override
    def request(self, body: Mapping[str, Any], target: Target) -> ChatRequest:
        """Translate to chat completions."""
        return to_chat_completion(body, rules_for(target), token_ratio=target.token_ratio)

    @override
    def url(self, target: Target) -> str:
        """Return the chat completions address."""
        return f"{target.api_base}/chat/completions"

    @override
    def headers(self, target: Target) -> dict[str, str]:
        """Return the bearer key; English, so that error texts are readable."""
        return {"authorization": f"Bearer {target.api_key}", "accept-language": "en-US,en"}

    @override
    def message(self, answer: Mapping[str, Any], context: ReplyContext) -> dict[str, Any]:
        """Translate a whole completion."""
        return to_message(answer, context)

    @override
    def stream(self, context: ReplyContext) -> ReplyStream:
        """Return a translator of completion chunks."""
        return ChatStream(context)

    @override
    def cause(self, refusal: Refusal) -> Cause | None:
        """Read Z.ai's number."""
        return cause_of_code(refusal)

    @override
    def fault(self, refusal: Refusal, target: Target) -> Fault:
        """Explain a refusal, with the reset time its text names."""
        return with_reset_time(super().fault(refusal, target))


def rules_for(target: Target) -> ChatRules:
    """Return what Z.ai's OpenAI surfaces accept for one model."""
    facts = target.facts
    keys = dict(COMMON_MESSAGE_KEYS)
    history = "reasoning_content" if facts.reasoning_history == "reasoning_content" else ""
    if history:
        keys["assistant"] = keys["assistant"] | {history}
    return ChatRules(
        model=facts.model,
        properties=_PROPERTIES,
        message_keys=keys,
        max_output_tokens=facts.max_output_tokens,
        reserve_tokens=target.reserve_tokens,
        temperature_range=(0.0, 1.0),
        top_p_range=(0.01, 1.0),
        # For preserved thinking Z.ai wants the earlier reasoning back and `clear_thinking` false.
        thinking_extra={"clear_thinking": False} if facts.clear_thinking else {},
        reasoning_history=history,
        reads_images=facts.reads_images,
        image_urls=True,
        tool_choices=frozenset(("auto",)),
        tool_id_pattern=TOOL_IDS,
        max_tools=128,
        response_formats=frozenset(("json_object",)),
        extra_stream_body={"tool_stream": True} if facts.tool_stream else {},
        **thinking_rules(facts),
    )
