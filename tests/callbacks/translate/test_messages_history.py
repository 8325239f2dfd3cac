from __future__ import annotations

from dataclasses import replace
from typing import Any

from anthropic.types import MessageParam
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from callbacks.translate.messages import NO_OUTPUT, NO_RESULT, NOTHING_SAID, OPENING, ORPHAN
from callbacks.translate.messages_history import to_sound_messages
from callbacks.translate.rules import MessagesRules
from tests.helpers.conversations import ASSISTANTS, HISTORIES, PNG, USERS
from tests.helpers.strict_messages import messages_problems

RULES = MessagesRules(model="m", signature_tag="zai:")
MESSAGES: TypeAdapter[Any] = TypeAdapter(list[MessageParam])
CACHED = {"cache_control": {"type": "ephemeral"}}


def sound(*messages: Any, rules: MessagesRules = RULES, noted: set[str] | None = None) -> list[Any]:
    return to_sound_messages(list(messages), rules, noted if noted is not None else set())


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def text(value: str, **fields: Any) -> dict[str, Any]:
    return {"type": "text", "text": value, **fields}


def use(call_id: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id, "name": "Read", "input": {}}


def result(call_id: str, content: Any = "done") -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content}


@settings(max_examples=300)
@given(HISTORIES)
def test_every_history_becomes_one_that_a_strict_endpoint_takes(history: list[Any]) -> None:
    messages = sound(*history)
    assert messages_problems(messages) == []
    MESSAGES.validate_python(messages)


@settings(max_examples=200)
@given(HISTORIES, USERS, ASSISTANTS, st.lists(USERS, min_size=1, max_size=2))
def test_a_growing_history_keeps_its_beginning(
    history: list[Any], asked: Any, answer: Any, turn: list[Any]
) -> None:
    asked, answer = [user(text("go"), asked), assistant(text("ok"), answer)]
    shorter = sound(*history, asked)
    assert sound(*history, asked, answer, *turn)[: len(shorter)] == shorter


def test_what_is_sound_stays_as_it_is() -> None:
    history = [
        user(text("a", **CACHED)),
        assistant(text("b"), use("t1")),
        user({**result("t1", [text("c")]), **CACHED}),
    ]
    noted: set[str] = set()
    assert sound(*history, noted=noted) == history
    assert noted == set()


def test_operator_notes_stay_in_place() -> None:
    noted: set[str] = set()
    messages = sound(
        user(text("a")),
        assistant(use("t1")),
        {"role": "system", "content": "n"},
        user(result("t1")),
        noted=noted,
    )
    assert [b["type"] for b in messages[2]["content"]] == ["tool_result", "text"]
    assert "<operator_note>\nn\n" in messages[2]["content"][1]["text"]
    assert noted == {"system_message"}


def test_orphans_missing_results_and_openings() -> None:
    noted: set[str] = set()
    messages = sound(
        assistant(use("t1"), use("t2")), user(result("t2", ""), result("gone", "x")), noted=noted
    )
    assert messages[0]["content"][0]["text"] == OPENING
    assert [b.get("tool_use_id") for b in messages[2]["content"]] == ["t2", "t1", None, None]
    assert messages[2]["content"][0]["content"] == [text(NO_OUTPUT)]
    assert messages[2]["content"][1]["content"] == [text(NO_RESULT)]
    assert [b["text"] for b in messages[2]["content"][2:]] == [ORPHAN, "x"]
    assert noted == {"messages", "orphan_tool_result", "missing_tool_result"}
    assert sound()[0]["content"][0]["text"] == NOTHING_SAID
    assert sound(user(text("a")), assistant(use("t1")))[-1]["content"][0]["tool_use_id"] == "t1"


def test_repeated_ids_are_told_apart() -> None:
    noted: set[str] = set()
    messages = sound(
        user(text("a")),
        assistant(use("t")),
        user(result("t")),
        assistant(use("t")),
        user(result("t")),
        noted=noted,
    )
    assert messages[3]["content"][0]["id"] == messages[4]["content"][0]["tool_use_id"] != "t"
    assert noted == {"tool_id"}


IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
PDF = {
    "type": "document",
    "source": {"type": "base64", "media_type": "application/pdf", "data": "AAAA"},
}


def test_images_and_documents_become_notes_that_keep_the_cache_mark() -> None:
    noted: set[str] = set()
    messages = sound(user({**IMAGE, **CACHED}, PDF), noted=noted)
    image, document = messages[0]["content"]
    assert image == text("[image: 800x600 PNG, not shown: this model reads text only]", **CACHED)
    assert document["text"].startswith("[document: PDF, 3 bytes")
    assert noted == {"image", "document"}


def test_images_and_documents_stay_where_they_are_read() -> None:
    seeing = replace(RULES, reads_images=True, reads_documents=True)
    assert sound(user(IMAGE, PDF), rules=seeing)[0]["content"] == [IMAGE, PDF]


def test_only_the_provider_s_own_signatures_stay() -> None:
    def thought(signature: str) -> dict[str, Any]:
        return {"type": "thinking", "thinking": "hm", "signature": signature}

    messages = sound(
        user(text("a")), assistant(thought("zai:s"), thought("x"), text("b")), user(text("c"))
    )
    assert [b.get("signature") for b in messages[1]["content"]] == ["s", "", None]


def test_blocks_of_server_tools_stay_only_where_they_are_served() -> None:
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}}
    reference = {"type": "tool_reference", "tool_name": "Web"}
    history = [user(text("a"), reference), assistant(search, text("b")), user(text("c"))]
    words = sound(*history)
    assert words[1]["content"][0] == text('[used web_search: {"query":"x"}]')
    serving = sound(*history, rules=replace(RULES, server_tools=frozenset({"web_search_20250305"})))
    assert serving[1]["content"][0] == search
    assert serving[0]["content"][1] == text("[tool Web is available now]")
