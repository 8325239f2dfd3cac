"""Our text in front of the client's, once, and nothing else changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.hooks.system_prompt import SystemPrompt, with_prefix, with_prefixed_message
from tests.helpers.dialects import hook_settings

MEMBER = "cerebras/zai-glm-4.7"
TEXTS = st.text(min_size=1)
BLOCKS = st.lists(st.fixed_dictionaries({"type": st.just("text"), "text": st.text()}))


def test_the_members_own_text_wins_over_the_roles_and_the_default() -> None:
    prompt = SystemPrompt(
        hook_settings(
            prompt_prefix="P", prompt_prefix_by_model={MEMBER: "M", "fast": "F", "zai/x": ""}
        )
    )
    assert prompt.prefix(MEMBER, "fast") == "M"
    assert prompt.prefix("zai/glm-4.5-air", "fast") == "F"
    assert prompt.prefix("zai/glm-4.7", "main") == "P"
    assert prompt.prefix("zai/x", "main") == ""


def test_chosen_members_are_told_to_think_after_the_prefix() -> None:
    prompt = SystemPrompt(
        hook_settings(prompt_prefix="P", reasoning_models=(MEMBER,), reasoning_text="Think.")
    )
    assert prompt.prefix(MEMBER, "main") == "P\n\nThink."
    assert prompt.prefix("zai/glm-4.7", "main") == "P"


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        (None, "P"),
        ("", "P"),
        ("Be brief.", "P\n\nBe brief."),
        (
            [{"type": "text", "text": "x"}],
            [{"type": "text", "text": "P"}, {"type": "text", "text": "x"}],
        ),
        ([], [{"type": "text", "text": "P"}]),
    ],
)
def test_the_prefix_comes_first(system: Any, expected: Any) -> None:
    assert with_prefix(system, "P") == expected


@given(TEXTS, st.one_of(st.none(), st.text(), BLOCKS))
def test_putting_it_twice_is_putting_it_once(prefix: str, system: Any) -> None:
    once = with_prefix(system, prefix)
    assert with_prefix(once, prefix) == once


@given(TEXTS, BLOCKS)
def test_the_clients_own_blocks_are_kept_as_they_are(prefix: str, blocks: list[Any]) -> None:
    before = [dict(block) for block in blocks]
    result = with_prefix(blocks, prefix)
    assert blocks == before
    assert result[len(result) - len(blocks) :] == blocks


def test_chat_messages_get_it_in_their_first_message() -> None:
    user = {"role": "user", "content": "hi"}
    assert with_prefixed_message([user], "P") == [{"role": "system", "content": "P"}, user]
    system = {"role": "system", "content": "S", "name": "n"}
    assert with_prefixed_message([system, user], "P")[0] == {**system, "content": "P\n\nS"}
    assert with_prefixed_message([], "P") == [{"role": "system", "content": "P"}]
    assert with_prefixed_message(["odd"], "P")[1] == "odd"
    again = with_prefixed_message(with_prefixed_message([system, user], "P"), "P")
    assert again == with_prefixed_message([system, user], "P")


def test_an_attempts_arguments_are_changed_and_the_request_is_not() -> None:
    prompt = SystemPrompt(hook_settings(prompt_prefix="P"))
    system = [{"type": "text", "text": "x"}]
    messages = [{"role": "user", "content": "hi"}]
    anthropic: dict[str, Any] = {"system": system, "messages": messages}
    chat: dict[str, Any] = {"messages": messages}
    prompt.apply(anthropic, MEMBER, "main", messages_api=True)
    prompt.apply(chat, MEMBER, "main", messages_api=False)
    assert system == [{"type": "text", "text": "x"}]
    assert anthropic["system"][0]["text"] == "P"
    assert anthropic["messages"] is messages
    assert chat["messages"][0] == {"role": "system", "content": "P"}
    assert len(messages) == 1


def test_without_a_prefix_nothing_changes() -> None:
    request: dict[str, Any] = {"messages": []}
    SystemPrompt(hook_settings()).apply(request, MEMBER, "main", messages_api=True)
    assert request == {"messages": []}
