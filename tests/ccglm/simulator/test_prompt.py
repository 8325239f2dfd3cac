from typing import Any

from ccglm.simulator.prompt import read_prompt
from ccglm.simulator.tokens import IMAGE_TOKENS

PNG = "iVBORw0KGgo="


def messages(*contents: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": content} for content in contents]}


def test_a_longer_conversation_starts_with_the_shorter_one() -> None:
    short, long = read_prompt(messages("one " * 50)), read_prompt(messages("one " * 50, "two"))
    assert long.text.startswith(short.text)
    assert long.tokens > short.tokens


def test_marks_that_are_not_prompt_leave_it_the_same() -> None:
    plain = [{"type": "text", "text": "hello"}]
    marked = [{"type": "text", "text": "hello", "cache_control": {"type": "ephemeral"}}]
    assert (
        read_prompt(messages(plain))
        == read_prompt(messages(marked))
        == read_prompt(messages("hello"))
    )


def test_signatures_leave_the_prompt_the_same() -> None:
    def thought(signature: str) -> dict[str, Any]:
        return messages([{"type": "thinking", "thinking": "hm", "signature": signature}])

    assert read_prompt(thought("a")) == read_prompt(thought("b"))


def test_a_picture_has_a_fixed_size_in_both_formats() -> None:
    chat = [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG * 500}"}}]
    block = [{"type": "image", "source": {"type": "base64", "data": PNG * 500}}]
    for content in (chat, block):
        assert IMAGE_TOKENS < read_prompt(messages(content)).tokens < IMAGE_TOKENS + 30


def test_other_pictures_are_other_prompts() -> None:
    def picture(data: str) -> dict[str, Any]:
        return messages([{"type": "image", "source": {"data": data}}])

    assert read_prompt(picture("a")).text != read_prompt(picture("b")).text


def test_tools_system_calls_and_results_count() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "Read", "arguments": "{}"}}
    bodies: list[dict[str, Any]] = [
        {"system": "be brief"},
        {"system": [{"type": "text", "text": "be brief"}]},
        {"tools": [{"name": "Read", "description": "reads", "input_schema": {"type": "object"}}]},
        {"messages": [{"role": "assistant", "tool_calls": [call]}]},
        {"messages": [{"role": "assistant", "reasoning": "let me see"}]},
        messages([{"type": "tool_use", "name": "Read", "input": {"a": 1}}]),
        messages([{"type": "tool_result", "content": "line one"}]),
        messages([{"type": "something_new", "value": 1}]),
    ]
    for body in bodies:
        assert read_prompt(body).tokens > read_prompt({}).tokens, body


def test_lone_surrogates_do_not_stop_it() -> None:
    assert read_prompt(messages("\ud800")).tokens > 0
