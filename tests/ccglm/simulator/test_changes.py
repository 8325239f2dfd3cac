import orjson

from ccglm.simulator import changes
from ccglm.simulator.reply import Reply, ToolCall
from tests.helpers.provider_calls import CEREBRAS, a_body, a_request

REQUEST = a_request(CEREBRAS, a_body(CEREBRAS, read_tool=True))
BARE = a_request(CEREBRAS)
NESTED = ToolCall("Edit", '{"edits":[{"a":1}],"name":"x"}')


def test_words_can_be_changed() -> None:
    reply = Reply(thinking="hm", text="hello", source="script")
    assert changes.finishes("sensitive")(reply, REQUEST).finish_reason == "sensitive"
    assert changes.says("bye")(reply, REQUEST) == Reply(thinking="hm", text="bye", source="script")
    only = changes.thinks_only("length")(reply, REQUEST)
    assert (only.thinking, only.text, only.finish) == ("hm", "", "length")
    assert changes.thinks_only("stop")(Reply(text="x"), REQUEST).thinking
    both = changes.thinks_and_says("t", "s")
    assert both(Reply(), REQUEST) == Reply(thinking="t", text="s")
    assert both(reply, REQUEST) == reply


def test_calls_are_made_from_the_tools_on_offer() -> None:
    made = changes.calls(changes.unchanged, count=2)(Reply(text="hello"), REQUEST)
    assert [call.name for call in made.tool_calls] == ["Read", "Read"]
    assert orjson.loads(made.tool_calls[0].arguments) == {"file_path": "example"}
    assert (made.text, made.finish_reason) == ("", "tool_calls")


def test_calls_that_are_there_are_kept_and_edited() -> None:
    reply = Reply(tool_calls=(NESTED,))
    edited = changes.calls(changes.without_id)(reply, BARE)
    assert [call.name for call in edited.tool_calls] == ["Edit"]
    assert edited.tool_calls[0].id == ""


def test_without_tools_on_offer_a_call_is_still_made() -> None:
    assert changes.calls(changes.unchanged)(Reply(), BARE).tool_calls[0].name == "Read"


def test_nested_values_become_texts() -> None:
    values = orjson.loads(changes.nested_as_text(NESTED).arguments)
    assert values == {"edits": '[{"a":1}]', "name": "x"}


def test_markup_leaks_into_the_name() -> None:
    assert changes.markup_in_name(ToolCall("A", '{"x":1}')) == ToolCall(
        "A<arg_key>x</arg_key><arg_value>1</arg_value>", "{}"
    )
    assert changes.markup_in_name(ToolCall("A")).name == "A<arg_key>"


def test_arguments_can_be_replaced_or_truncated() -> None:
    assert changes.with_arguments("")(NESTED).arguments == ""
    assert changes.truncated_arguments(ToolCall("A")).arguments == '{,"tail": "cut of'
