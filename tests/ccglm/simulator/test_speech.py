from hypothesis import given
from hypothesis import strategies as st

from ccglm.simulator.reply import Reply, ToolCall
from ccglm.simulator.speech import fragments, speak

CALL = ToolCall("Read", '{"file_path": "/a"}')


def test_everything_is_counted_as_completion() -> None:
    speech = speak(Reply(thinking="think hard", text="done", tool_calls=(CALL,)))
    usage = speech.usage(prompt_tokens=10, cached_tokens=5)
    assert usage.reasoning_tokens == len(speech.thinking)
    assert usage.completion_tokens == len(speech.thinking) + len(speech.text) + speech.tool_tokens
    assert (usage.prompt_tokens, usage.cached_tokens) == (10, 5)


def test_the_output_limit_cuts_and_says_length() -> None:
    speech = speak(Reply(thinking="a b c", text="d e f", tool_calls=(CALL,)), max_tokens=4)
    assert (speech.reply.thinking, speech.reply.text) == ("a b c", "d")
    assert speech.reply.finish_reason == "length"
    assert speech.reply.tool_calls == ()
    assert speech.usage(prompt_tokens=0, cached_tokens=0).completion_tokens == 4


def test_a_limit_that_is_not_reached_changes_nothing() -> None:
    reply = Reply(text="hello", tool_calls=(CALL,))
    assert speak(reply, max_tokens=1_000).reply == reply


def test_a_finish_reason_that_was_set_survives_the_limit() -> None:
    speech = speak(Reply(text="a b c", finish="network_error"), max_tokens=1)
    assert speech.reply.finish_reason == "network_error"


def test_the_earliest_stop_sequence_ends_the_text() -> None:
    speech = speak(
        Reply(text="one two three", tool_calls=(CALL,)), stops=["three", "two", "four", ""]
    )
    assert speech.reply.text == "one "
    assert speech.reply.stop_sequence == "two"
    assert speech.reply.finish_reason == "stop"


@given(st.text(max_size=200), st.text(max_size=200), st.integers(1, 60))
def test_a_cut_reply_is_a_prefix_and_never_longer_than_the_limit(
    thinking: str, text: str, limit: int
) -> None:
    speech = speak(Reply(thinking=thinking, text=text), max_tokens=limit)
    assert thinking.startswith(speech.reply.thinking)
    assert text.startswith(speech.reply.text)
    assert len(speech.thinking) + len(speech.text) <= limit


@given(st.text(max_size=100))
def test_fragments_joined_are_the_arguments(arguments: str) -> None:
    parts = fragments(arguments)
    assert "".join(parts) == arguments
    assert all(parts)
