from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callbacks.translate.messages import (
    CONTINUE,
    FAILED,
    NO_OUTPUT,
    NO_RESULT,
    NOTHING_SAID,
    OPENING,
    ORPHAN,
    operator_note,
    says_something,
    to_chat_messages,
)
from callbacks.translate.rules import ChatRules
from tests.helpers.chat_rules import NARROW, STRICT
from tests.helpers.conversations import PNG

IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


def use(call_id: str, name: str = "Read", **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def result(call_id: str, content: Any = "done", **fields: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, **fields}


def chat(*messages: Any, rules: ChatRules = STRICT, noted: set[str] | None = None) -> list[Any]:
    return to_chat_messages(list(messages), rules, noted if noted is not None else set(), set())


def sent_call(call_id: str, arguments: str = "{}") -> dict[str, Any]:
    function = {"name": "Read", "arguments": arguments}
    return {"id": call_id, "type": "function", "function": function}


def test_text_turns_stay_text() -> None:
    assert chat(user(text("a")), assistant(text("b")), user(text("c"), text("d"))) == [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
        {"role": "user", "content": "c\n\nd"},
    ]


def test_a_tool_round_trip_puts_results_before_the_users_words() -> None:
    noted: set[str] = set()
    messages = chat(
        user(text("go")),
        assistant(text("ok"), use("t1", file="/ä"), use("t2")),
        user(text("and"), result("t2", [text("x"), text("y")]), result("t1")),
        noted=noted,
    )
    assert messages[1:] == [
        {"role": "assistant", "content": "ok", "tool_calls": [sent_call("t1", '{"file":"/ä"}'), sent_call("t2")]},
        {"role": "tool", "tool_call_id": "t2", "content": "x\ny"},
        {"role": "tool", "tool_call_id": "t1", "content": "done"},
        {"role": "user", "content": "and"},
    ]  # fmt: skip
    assert noted == set()


def test_an_assistant_with_calls_only_has_no_content() -> None:
    assert chat(user(text("a")), assistant(use("t1")), user(result("t1")))[1] == {
        "role": "assistant",
        "tool_calls": [sent_call("t1")],
    }


@pytest.mark.parametrize(
    ("block", "content"),
    [
        (result("t1", "boom", is_error=True), f"{FAILED}\nboom"),
        (result("t1", "", is_error=True), f"{FAILED}\n{NO_OUTPUT}"),
        (result("t1", ""), NO_OUTPUT),
        (result("t1", []), NO_OUTPUT),
        ({"type": "tool_result", "tool_use_id": "t1"}, NO_OUTPUT),
        (result("t1", [{"type": "tool_reference", "tool_name": "X"}]), "[tool X is available now]"),
    ],
)
def test_tool_results_of_every_form_are_text(block: dict[str, Any], content: str) -> None:
    messages = chat(user(text("a")), assistant(use("t1")), user(block))
    assert messages[-1] == {"role": "tool", "tool_call_id": "t1", "content": content}


def test_an_image_in_a_tool_result_is_shown_after_the_results() -> None:
    messages = chat(
        user(text("a")), assistant(use("t1")), user(result("t1", [text("see"), IMAGE]), text("b"))
    )
    assert messages[2]["content"] == "see\n[image 1: shown after the tool results]"
    assert messages[3]["content"] == [
        text("[image 1 of the tool results above]"),
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
        text("b"),
    ]


def test_an_image_for_a_model_without_eyes_is_a_note_with_its_real_size() -> None:
    noted: set[str] = set()
    messages = chat(
        user(IMAGE, text("a")),
        assistant(use("call_1")),
        user(result("call_1", [IMAGE])),
        rules=NARROW,
        noted=noted,
    )
    note = "[image: 800x600 PNG, not shown: this model reads text only]"
    assert messages[0]["content"] == f"{note}\n\na"
    assert messages[2]["content"] == note
    assert noted == {"image"}


def test_a_system_message_in_the_middle_stays_where_it_is() -> None:
    noted: set[str] = set()
    messages = chat(
        user(text("a")),
        {"role": "system", "content": [text("be kind"), text(" ")]},
        assistant(use("t1")),
        user(result("t1")),
        {"role": "system", "content": "late"},
        noted=noted,
    )
    assert messages[0]["content"] == f"a\n\n{operator_note('be kind')}"
    assert messages[-1] == {"role": "user", "content": operator_note("late")}
    assert noted == {"system_message"}


def test_results_after_an_operator_note_still_answer_their_calls() -> None:
    messages = chat(
        user(text("a")),
        assistant(use("t1")),
        {"role": "system", "content": "n"},
        user(result("t1")),
    )
    assert [message["role"] for message in messages] == ["user", "assistant", "tool", "user"]


def test_an_orphan_result_becomes_words() -> None:
    noted: set[str] = set()
    assert chat(user(result("gone", "x")), noted=noted) == [
        {"role": "user", "content": f"{ORPHAN}\nx"}
    ]
    assert noted == {"orphan_tool_result"}


def test_a_second_result_for_one_call_is_an_orphan() -> None:
    messages = chat(
        user(text("a")), assistant(use("t1")), user(result("t1"), result("t1", "again"))
    )
    assert messages[-1]["content"] == f"{ORPHAN}\nagain"


def test_calls_without_results_get_one() -> None:
    noted: set[str] = set()
    messages = chat(
        user(text("a")), assistant(use("t1"), use("t2")), user(result("t2")), noted=noted
    )
    assert messages[-1] == {"role": "tool", "tool_call_id": "t1", "content": NO_RESULT}
    assert noted == {"missing_tool_result"}
    assert chat(user(text("a")), assistant(use("t1")))[-1]["content"] == NO_RESULT


def test_assistants_in_a_row_become_one() -> None:
    messages = chat(
        user(text("a")),
        assistant(text("b"), use("t1")),
        user(text(" ")),
        assistant(text("c"), use("t2")),
        user(result("t1"), result("t2")),
    )
    assert messages[1]["content"] == "b\n\nc"
    assert [call["id"] for call in messages[1]["tool_calls"]] == ["t1", "t2"]


def test_texts_cut_by_citations_are_joined_without_a_gap() -> None:
    messages = chat(
        user(text("a")),
        assistant(text("b"), text("c"), {"type": "server_tool_use", "name": "s"}, text("d")),
        user(text("e")),
    )
    assert messages[1]["content"] == "bc\n\n[used s: {}]\n\nd"


def test_a_conversation_that_starts_with_an_assistant_gets_an_opening() -> None:
    assert chat(assistant(text("a")), user(text("b")))[0] == {"role": "user", "content": OPENING}


def test_a_conversation_of_nothing_gets_a_message() -> None:
    noted: set[str] = set()
    assert chat(user(text(" ")), "odd", noted=noted) == [{"role": "user", "content": NOTHING_SAID}]
    assert to_chat_messages(None, STRICT, noted, set())[0]["content"] == NOTHING_SAID


def test_a_prefilled_answer_is_continued() -> None:
    messages = chat(user(text("a")), assistant(text("b")))
    assert messages[-1] == {"role": "user", "content": CONTINUE}
    kept = chat(user(text("a")), assistant(text("b")), rules=replace(STRICT, prefill=True))
    assert kept[-1]["role"] == "assistant"


def test_thinking_goes_where_the_provider_reads_it() -> None:
    history = [
        user(text("a")),
        assistant({"type": "thinking", "thinking": "hm", "signature": "s"}, text("b")),
        user(text("c")),
    ]
    assert chat(*history)[1] == {"role": "assistant", "reasoning": "hm", "content": "b"}
    tagged = chat(*history, rules=replace(STRICT, reasoning_history="think_tag"))
    assert tagged[1]["content"] == "<think>\nhm\n</think>\nb"
    noted: set[str] = set()
    assert chat(*history, rules=NARROW, noted=noted)[1] == {"role": "assistant", "content": "b"}
    assert noted == {"thinking_history"}


def test_a_turn_of_thinking_only_is_left_out() -> None:
    thinking = {"type": "thinking", "thinking": "hm", "signature": ""}
    redacted = {"type": "redacted_thinking", "data": "x"}
    assert chat(user(text("a")), assistant(thinking, redacted), user(text("b"))) == [
        {"role": "user", "content": "a\n\nb"}
    ]
    assert not says_something(assistant(thinking))


def test_ids_that_a_provider_refuses_are_renamed_with_their_results() -> None:
    noted: set[str] = set()
    messages = chat(
        user(text("a")),
        assistant(use("functions.Bash:0"), use("call_ok")),
        user(result("functions.Bash:0"), result("call_ok")),
        rules=NARROW,
        noted=noted,
    )
    first, second = (call["id"] for call in messages[1]["tool_calls"])
    assert first.startswith("call_")
    assert second == "call_ok"
    assert messages[2]["tool_call_id"] == first
    assert noted == {"tool_id"}


def test_a_repeated_id_is_told_apart() -> None:
    messages = chat(
        user(text("a")),
        assistant(use("t1")),
        user(result("t1", "one")),
        assistant(use("t1")),
        user(result("t1", "two")),
    )
    first, second = messages[1]["tool_calls"][0]["id"], messages[3]["tool_calls"][0]["id"]
    assert first == "t1" != second
    assert messages[4] == {"role": "tool", "tool_call_id": second, "content": "two"}


def test_a_long_tool_name_is_shortened_in_the_history_too() -> None:
    renamed: set[str] = set()
    long_name = "mcp__" + "x" * 90
    messages = to_chat_messages(
        [user(text("a")), assistant(use("t1", long_name)), user(result("t1"))],
        STRICT,
        set(),
        renamed,
    )
    assert len(messages[1]["tool_calls"][0]["function"]["name"]) == 64
    assert renamed == {long_name}
