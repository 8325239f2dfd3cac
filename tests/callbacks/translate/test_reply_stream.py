from __future__ import annotations

from anthropic.types import Usage as AnthropicUsage

from callbacks.translate.messages_stream import MessagesStream
from callbacks.translate.reply_stream import ReplyStream, Usage
from callbacks.translate.stream import ChatStream
from tests.helpers.chat_sse import context


def test_usage_in_anthropic_s_words_counts_each_token_once() -> None:
    usage = Usage(8, 128, 87, 59, estimated=False)
    assert usage.prompt_tokens == 136
    parsed = AnthropicUsage.model_validate(usage.as_anthropic())
    assert (parsed.input_tokens, parsed.cache_read_input_tokens, parsed.output_tokens) == (
        8,
        128,
        87,
    )


def test_both_translators_start_with_nothing() -> None:
    streams: list[ReplyStream] = [ChatStream(context()), MessagesStream(context())]
    for stream in streams:
        assert (stream.sent, stream.done, stream.fault, stream.stop_reason) == (
            "nothing",
            False,
            None,
            None,
        )
        assert stream.usage == Usage(100)
        assert stream.feed(b"") == b""
