"""What leaves for Z.ai's Anthropic surface."""

from __future__ import annotations

from typing import Any

from callbacks.dialects.zai_anthropic import (
    SIGNATURE_TAG,
    WEB_SEARCH_TOOLS,
    ZaiAnthropic,
    rules_for,
)
from callbacks.translate.context import ReplyContext
from tests.helpers.dialects import ZAI_FACTS, a_target, facts

DIALECT = ZaiAnthropic()
BASE = "https://api.z.invalid/api/anthropic"
TARGET = a_target(facts(ZAI_FACTS), BASE)
BODY: dict[str, Any] = {
    "model": "main",
    "max_tokens": 100,
    "metadata": {"user_id": "u" * 200},
    "context_management": {"edits": []},
    "messages": [{"role": "user", "content": [{"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}]}],
}  # fmt: skip


def test_the_body_is_relayed_under_the_models_own_name() -> None:
    sent = DIALECT.request(BODY, TARGET).body
    assert sent["model"] == "glm-4.7"
    assert sent["messages"][0]["content"][0]["text"] == "hi"
    assert not {"metadata", "context_management"} & set(sent)


def test_the_address_and_the_headers() -> None:
    assert DIALECT.url(TARGET) == f"{BASE}/v1/messages"
    headers = DIALECT.headers(TARGET)
    assert headers["authorization"] == "Bearer the-key"
    assert headers["anthropic-version"] == "2023-06-01"
    assert "x-api-key" not in headers


def test_web_search_is_left_to_it_only_where_the_settings_say_so() -> None:
    assert rules_for(TARGET).server_tools == frozenset()
    searching = a_target(facts(ZAI_FACTS), BASE, serves_web_search=True)
    assert rules_for(searching).server_tools == WEB_SEARCH_TOOLS


def test_signatures_of_others_do_not_leave() -> None:
    def signed(signature: str) -> dict[str, Any]:
        thought = {"type": "thinking", "thinking": "hm", "signature": signature}
        turns = [{"role": "assistant", "content": [thought, {"type": "text", "text": "a"}]}]
        return {**BODY, "messages": [*BODY["messages"], *turns, *BODY["messages"]]}

    def sent_signature(signature: str) -> str:
        return (
            DIALECT.request(signed(signature), TARGET)
            .body["messages"][1]["content"][0]
            .get("signature", "")
        )

    assert sent_signature("foreign") == ""
    assert sent_signature(f"{SIGNATURE_TAG}own") == "own"


def test_an_answer_is_renamed() -> None:
    answer = {
        "id": "msg_x", "type": "message", "role": "assistant", "model": "glm-4.7",
        "content": [{"type": "text", "text": "hi"}], "stop_reason": "end_turn", "usage": {"input_tokens": 3, "output_tokens": 1},
    }  # fmt: skip
    assert DIALECT.message(answer, ReplyContext("main", "msg_1"))["model"] == "main"
    assert DIALECT.stream(ReplyContext("main", "msg_1")).sent == "nothing"
