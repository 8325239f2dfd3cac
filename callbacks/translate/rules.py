"""What one model of one provider accepts, as data: the only way differences between providers get in.

Filled by the dialects from the catalogue; read by the request translators. Holds no behaviour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ThinkingSwitch = Literal["none", "effort", "object"]
ToolChoice = Literal["auto", "required", "none", "function"]
ResponseFormat = Literal["json_object", "json_schema"]

# The properties that every OpenAI-style chat endpoint accepts.
COMMON_PROPERTIES = frozenset(
    {
        "messages", "model", "max_tokens", "max_completion_tokens", "stop", "stream", "temperature", "top_p", "tools",
        "tool_choice", "response_format",
    }
)  # fmt: skip
COMMON_MESSAGE_KEYS: Mapping[str, frozenset[str]] = {
    "system": frozenset({"role", "content"}),
    "user": frozenset({"role", "content"}),
    "assistant": frozenset({"role", "content", "tool_calls"}),
    "tool": frozenset({"role", "content", "tool_call_id"}),
}


@dataclass(frozen=True, slots=True)
class ChatRules:
    """What may leave for a chat-completions endpoint.

    Attributes:
        model: Model id to send.
        properties: Allowed top-level properties; anything else never leaves.
        message_keys: Allowed keys of a message by role, `reasoning_history` included where it is a key.
        max_tokens_key: Name of the output limit property.
        max_output_tokens: The model's own output limit in tokens, None for unknown.
        reserve_tokens: Cap on the output limit because the provider reserves it from the quota, None for none.
        default_max_tokens: Output limit to send when the client gave none, None to send none.
        temperature_range: Lowest and highest temperature accepted.
        top_p_range: Lowest and highest top_p accepted.
        stop_limit: How many stop sequences may be sent; the rest we enforce. With 0 we enforce all of them,
            which also tells exactly which one ended the text.
        thinking_switch: How thinking is turned on and off: not at all, by the effort value `none`, or by a
            `thinking` object.
        thinking_always: The model cannot stop thinking; a client that wants none gets the weakest effort.
        thinking_extra: Further keys of the `thinking` object.
        efforts: Accepted `reasoning_effort` values; empty for never sending one.
        default_effort: Effort to send when the client names none, None for the provider's own default.
        reasoning_history: Where earlier thinking goes in an assistant message: a key such as `reasoning`,
            `think_tag` for `<think>` text in front of the content, or empty to drop it.
        reads_images: The model takes images; otherwise each becomes a readable note.
        image_urls: Remote image addresses may be sent as they are (inline data always may).
        tool_choices: Accepted forms of `tool_choice`.
        tool_id_pattern: Pattern (full match) of acceptable tool call ids; None accepts any.
        tool_name_limit: Longest tool name accepted, in characters.
        max_tools: Most tools accepted, None for no limit.
        strict_tools: `strict` may be sent when every tool has the same value; otherwise it never leaves.
        refused_schema_keywords: JSON schema keywords that the provider refuses.
        response_formats: Accepted kinds of `response_format`.
        format_with_tools: `response_format` may stand beside `tools`.
        prefill: The last message may be the assistant's, and the provider continues it.
        extra_body: Constant properties added to each request.
        extra_stream_body: Constant properties added to streaming requests.
    """

    model: str
    properties: frozenset[str] = COMMON_PROPERTIES
    message_keys: Mapping[str, frozenset[str]] = field(
        default_factory=lambda: dict(COMMON_MESSAGE_KEYS)
    )
    max_tokens_key: str = "max_tokens"
    max_output_tokens: int | None = None
    reserve_tokens: int | None = None
    default_max_tokens: int | None = None
    temperature_range: tuple[float, float] = (0.0, 2.0)
    top_p_range: tuple[float, float] = (0.0, 1.0)
    stop_limit: int = 4
    thinking_switch: ThinkingSwitch = "none"
    thinking_always: bool = False
    thinking_extra: Mapping[str, Any] = field(default_factory=dict[str, Any])
    efforts: tuple[str, ...] = ()
    default_effort: str | None = None
    reasoning_history: str = ""
    reads_images: bool = False
    image_urls: bool = False
    tool_choices: frozenset[ToolChoice] = frozenset(("auto", "required", "none", "function"))
    tool_id_pattern: str | None = None
    tool_name_limit: int = 64
    max_tools: int | None = None
    strict_tools: bool = False
    refused_schema_keywords: frozenset[str] = frozenset()
    response_formats: frozenset[ResponseFormat] = frozenset(("json_object", "json_schema"))
    format_with_tools: bool = True
    prefill: bool = False
    extra_body: Mapping[str, Any] = field(default_factory=dict[str, Any])
    extra_stream_body: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class MessagesRules:
    """What may leave for an endpoint that speaks Anthropic Messages itself.

    Attributes:
        model: Model id to send.
        properties: Allowed top-level properties; None allows all that the client sent.
        max_output_tokens: The model's own output limit in tokens, None for unknown.
        temperature_range: Lowest and highest temperature accepted.
        top_p_range: Lowest and highest top_p accepted.
        thinking_always: The model cannot stop thinking: `disabled` leaves as adaptive thinking.
        efforts: Accepted `output_config.effort` values; empty for never sending one.
        signature_tag: Mark of signatures this provider issued; thinking signed by others loses its signature.
        reads_images: The model takes images.
        reads_documents: The endpoint takes document blocks.
        server_tools: Server tool types that the endpoint serves itself.
        stop_limit: How many stop sequences may be sent; the rest we enforce. None for no limit.
        tool_id_pattern: Pattern (full match) of acceptable tool call ids; None accepts any.
    """

    model: str
    properties: frozenset[str] | None = None
    max_output_tokens: int | None = None
    temperature_range: tuple[float, float] = (0.0, 1.0)
    top_p_range: tuple[float, float] = (0.0, 1.0)
    thinking_always: bool = False
    efforts: tuple[str, ...] = ()
    signature_tag: str = ""
    reads_images: bool = False
    reads_documents: bool = False
    server_tools: frozenset[str] = frozenset()
    stop_limit: int | None = None
    tool_id_pattern: str | None = None
