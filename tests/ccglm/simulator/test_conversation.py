from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ccglm.simulator.conversation import as_object, part_text, read_conversation, records, words_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
USER = {"role": "user", "content": "read a.txt"}
CALL = {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "Read"}}]}


def openai(*messages: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {"messages": list(messages), **rest}


@given(
    st.dictionaries(
        st.sampled_from(["messages", "system", "tools", "tool_choice", "response_format"]), JSON
    )
)
def test_no_body_makes_it_fail(body: dict[str, Any]) -> None:
    assert read_conversation(body).last_user_text is not None


def test_both_formats_give_the_same_view_after_a_tool_call() -> None:
    chat = read_conversation(
        openai(USER, CALL, {"role": "tool", "tool_call_id": "1", "content": "line one"})
    )
    result = {
        "type": "tool_result",
        "tool_use_id": "1",
        "content": [{"type": "text", "text": "line one"}],
    }
    messages = read_conversation(
        openai(
            USER,
            {"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "Read"}]},
            {"role": "user", "content": [result]},
        )
    )
    for conversation in (chat, messages):
        assert conversation.tool_results == ("line one",)
        assert conversation.last_user_text == "read a.txt"


def test_notes_after_a_tool_result_do_not_hide_the_users_words() -> None:
    note = {"role": "user", "content": "<operator_note>\nread this\n</operator_note>"}
    tool = {"role": "tool", "tool_call_id": "1", "content": "result"}
    conversation = read_conversation(openai(USER, CALL, tool, note))
    assert conversation.last_user_text == "read a.txt"
    assert conversation.tool_results == ("result",)


def test_new_words_after_a_tool_result_are_the_last_user_text() -> None:
    tool = {"role": "tool", "tool_call_id": "1", "content": "result"}
    conversation = read_conversation(openai(USER, CALL, tool, {"role": "user", "content": "stop"}))
    assert conversation.last_user_text == "stop"


def test_a_finished_tool_call_is_history_once_the_assistant_spoke() -> None:
    tool = {"role": "tool", "tool_call_id": "1", "content": "result"}
    spoken = {"role": "assistant", "content": "done"}
    conversation = read_conversation(
        openai(USER, CALL, tool, spoken, {"role": "user", "content": "thanks"})
    )
    assert conversation.tool_results == ()
    assert conversation.last_user_text == "thanks"


def test_several_user_messages_in_a_row_are_one_turn() -> None:
    conversation = read_conversation(openai(USER, {"role": "user", "content": "and b.txt"}))
    assert conversation.last_user_text == "read a.txt\nand b.txt"


def test_reminders_are_not_the_users_words() -> None:
    text = "<system-reminder>read rules.md\nnow</system-reminder>\nhello"
    assert words_of(text) == "hello"
    assert read_conversation(openai({"role": "user", "content": text})).user_words == "hello"


def test_the_system_prompt_comes_from_either_place() -> None:
    blocks = [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]
    assert read_conversation({"system": blocks}).system_text == "one\ntwo"
    chat = openai({"role": "system", "content": "one"}, USER)
    assert read_conversation(chat).system_text == "one"
    assert "read a.txt" in read_conversation(chat).all_text


def test_tools_of_both_formats_are_found() -> None:
    schema = {"type": "object"}
    tools = [
        {"type": "function", "function": {"name": "A", "parameters": schema}},
        {"name": "B", "input_schema": schema},
        {"name": "C"},
        {"no": "name"},
    ]
    assert read_conversation({"tools": tools}).tools == {"A": schema, "B": schema, "C": {}}


def test_a_forced_tool_is_found_in_every_spelling() -> None:
    spellings: list[tuple[object, str | None]] = [
        ("required", ""),
        ({"type": "any"}, ""),
        ({"type": "function", "function": {"name": "A"}}, "A"),
        ({"type": "tool", "name": "A"}, "A"),
        ("auto", None),
        ({"type": "auto"}, None),
        ("none", None),
        (None, None),
    ]
    for choice, expected in spellings:
        assert read_conversation({"tool_choice": choice}).forced_tool == expected, choice


def test_a_wanted_answer_schema_is_found_in_both_formats() -> None:
    schema = {"type": "object", "properties": {"title": {"type": "string"}}}
    chat = {"response_format": {"type": "json_schema", "json_schema": {"schema": schema}}}
    messages = {"output_config": {"format": {"type": "json_schema", "schema": schema}}}
    assert read_conversation(chat).answer_schema == schema
    assert read_conversation(messages).answer_schema == schema
    assert read_conversation({"response_format": {"type": "json_object"}}).answer_schema == {
        "type": "object"
    }
    assert read_conversation({"response_format": {"type": "text"}}).answer_schema is None


def test_small_readers_take_anything() -> None:
    assert list(records([{"a": 1}, 2, None])) == [{"a": 1}]
    assert list(records({"a": 1})) == []
    assert part_text([{"type": "text", "text": "a"}, {"type": "image"}, {"text": "b"}]) == "a\nb"
    assert part_text(None) == ""
    assert as_object(3) == {}
