"""Z.ai's Anthropic surface: the client's own language, so the body is relayed nearly untouched.

Sources: recorded answers of January to September 2026 and vendor documentation, read by 2026-11-20.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import override

from callbacks.dialects.base import Dialect, Refusal, Target
from callbacks.dialects.causes import Cause, Fault
from callbacks.dialects.zai_errors import cause_of_code, with_reset_time
from callbacks.dialects.zai_openai import TOOL_IDS
from callbacks.translate.context import ReplyContext
from callbacks.translate.messages_request import to_messages_request
from callbacks.translate.messages_stream import MessagesStream, mend_message
from callbacks.translate.reply_stream import ReplyStream
from callbacks.translate.request import ChatRequest
from callbacks.translate.rules import MessagesRules

SIGNATURE_TAG = "zai."
"""Put before signatures Z.ai issued, so that a later request can tell them from another provider's."""

WEB_SEARCH_TOOLS = frozenset({"web_search_20250305"})

# Left out: `metadata` holds the person's device id in a string that is longer than Z.ai's limit of 128;
# `context_management`, `safeguards` and the like are Anthropic's own services.
_PROPERTIES = frozenset(
    {
        "model", "messages", "system", "max_tokens", "stop_sequences", "stream", "temperature", "top_p", "top_k",
        "tools", "tool_choice", "thinking", "output_config",
    }
)  # fmt: skip


class ZaiAnthropic(Dialect):
    """`https://api.z.ai/api/anthropic`."""

    @override
    def request(self, body: Mapping[str, Any], target: Target) -> ChatRequest:
        """Relay the body with the model's own name and without what the surface cannot take."""
        return to_messages_request(body, rules_for(target), token_ratio=target.token_ratio)

    @override
    def url(self, target: Target) -> str:
        """Return the messages address."""
        return f"{target.api_base}/v1/messages"

    @override
    def headers(self, target: Target) -> dict[str, str]:
        """Return the bearer key, which is the documented way; English, so that error texts are readable."""
        return {
            "authorization": f"Bearer {target.api_key}",
            "anthropic-version": "2023-06-01",
            "accept-language": "en-US,en",
        }

    @override
    def message(self, answer: Mapping[str, Any], context: ReplyContext) -> dict[str, Any]:
        """Return the answer under the requested name, with unique ids and valid tool calls."""
        return mend_message(answer, context)

    @override
    def stream(self, context: ReplyContext) -> ReplyStream:
        """Return a relay that repairs and renames."""
        return MessagesStream(context)

    @override
    def cause(self, refusal: Refusal) -> Cause | None:
        """Read Z.ai's number."""
        return cause_of_code(refusal)

    @override
    def fault(self, refusal: Refusal, target: Target) -> Fault:
        """Explain a refusal, with the reset time its text names."""
        return with_reset_time(super().fault(refusal, target))


def rules_for(target: Target) -> MessagesRules:
    """Return what Z.ai's Anthropic surface accepts for one model."""
    facts = target.facts
    return MessagesRules(
        model=facts.model,
        properties=_PROPERTIES,
        max_output_tokens=facts.max_output_tokens,
        temperature_range=(0.0, 1.0),
        top_p_range=(0.01, 1.0),
        thinking_always=facts.thinking == "always",
        efforts=facts.efforts,
        signature_tag=SIGNATURE_TAG,
        reads_images=facts.reads_images,
        server_tools=WEB_SEARCH_TOOLS if target.serves_web_search else frozenset(),
        # The limits of the same models' other surfaces; none are documented for this one.
        stop_limit=4,
        tool_id_pattern=TOOL_IDS,
    )
