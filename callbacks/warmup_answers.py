"""What the pretended providers of the warm-up say: the shortest answers each surface can give."""

from __future__ import annotations

from dataclasses import dataclass

_CHAT = (
    b'{"id":"w","object":"chat.completion","created":0,"model":"warmup","choices":[{"index":0,"finish_reason":"stop",'
    b'"message":{"role":"assistant","content":"ok"}}],'
    b'"usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11}}'
)
_CHAT_STREAM = (
    b'data: {"id":"w","object":"chat.completion.chunk","created":0,"model":"warmup",'
    b'"choices":[{"index":0,"delta":{"role":"assistant","content":"ok"}}]}\n\n'
    b'data: {"id":"w","object":"chat.completion.chunk","created":0,"model":"warmup",'
    b'"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11}}\n\n'
    b"data: [DONE]\n\n"
)
_MESSAGE = (
    b'{"id":"msg_w","type":"message","role":"assistant","model":"warmup","content":[{"type":"text","text":"ok"}],'
    b'"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":1}}'
)
_MESSAGE_STREAM = (
    b"event: message_start\n"
    b'data: {"type":"message_start","message":{"id":"msg_w","type":"message","role":"assistant","model":"warmup",'
    b'"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":0}}}\n\n'
    b"event: content_block_start\n"
    b'data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n'
    b"event: content_block_delta\n"
    b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ok"}}\n\n'
    b"event: content_block_stop\n"
    b'data: {"type":"content_block_stop","index":0}\n\n'
    b"event: message_delta\n"
    b'data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},'
    b'"usage":{"input_tokens":10,"output_tokens":1}}\n\n'
    b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
)


@dataclass(frozen=True, slots=True)
class Canned:
    """One pretended provider.

    Attributes:
        provider: Provider name.
        surface: The surface it pretends to be.
        base_path: Path of its base address.
        whole: Its answer to a request that is not streamed.
        stream: Its answer to a streamed one.
    """

    provider: str
    surface: str
    base_path: str
    whole: bytes
    stream: bytes


CANNED = (
    Canned("cerebras", "openai", "/v1", _CHAT, _CHAT_STREAM),
    Canned("zai", "anthropic", "/api/anthropic", _MESSAGE, _MESSAGE_STREAM),
)
