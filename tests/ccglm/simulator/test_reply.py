from ccglm.simulator.reply import Reply, ToolCall, Usage


def test_the_finish_reason_follows_from_the_content_unless_it_is_set() -> None:
    assert Reply(text="hello").finish_reason == "stop"
    assert Reply(tool_calls=(ToolCall("Read"),)).finish_reason == "tool_calls"
    assert Reply(text="hello", finish="sensitive").finish_reason == "sensitive"


def test_the_total_is_prompt_plus_completion() -> None:
    usage = Usage(prompt_tokens=10, cached_tokens=8, completion_tokens=5, reasoning_tokens=3)
    assert usage.total_tokens == 15
