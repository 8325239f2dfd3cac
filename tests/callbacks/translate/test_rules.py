from __future__ import annotations

from callbacks.translate.rules import (
    COMMON_MESSAGE_KEYS,
    COMMON_PROPERTIES,
    ChatRules,
    MessagesRules,
)


def test_the_defaults_allow_only_what_every_endpoint_knows() -> None:
    rules = ChatRules(model="m")
    assert rules.properties == COMMON_PROPERTIES
    assert rules.message_keys == COMMON_MESSAGE_KEYS
    assert not rules.properties & {"thinking", "reasoning_effort", "top_k", "metadata"}
    assert rules.efforts == ()
    assert not rules.reads_images
    assert not rules.prefill


def test_every_role_has_role_and_content() -> None:
    assert set(COMMON_MESSAGE_KEYS) == {"system", "user", "assistant", "tool"}
    assert all({"role", "content"} <= keys for keys in COMMON_MESSAGE_KEYS.values())


def test_an_anthropic_endpoint_takes_all_properties_unless_told() -> None:
    rules = MessagesRules(model="m")
    assert rules.properties is None
    assert rules.server_tools == frozenset()
