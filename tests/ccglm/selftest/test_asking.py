"""A model under test: what every answer must be, and the one wait."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ccglm.proxy.messages_client import Answer, MessagesClient
from ccglm.selftest.asking import ModelUnderTest, input_of
from ccglm.selftest.questions import request
from tests.helpers.scripted_messages import Script, serve_script, text

MEMBER = "zai/glm-4.7"


@pytest.fixture(scope="module")
def gateway() -> Iterator[tuple[Script, str]]:
    script = Script()
    with serve_script(script) as address:
        yield script, address


async def test_a_refusal_that_names_a_wait_is_asked_again(gateway: tuple[Script, str]) -> None:
    script, address = gateway
    told: list[str] = []
    script.refuse(429, "no room", retry_after="1")
    script.say(text("yes"))
    async with MessagesClient(address, "t") as client:
        model = ModelUnderTest(client, MEMBER, None, told.append)
        started = time.monotonic()
        answer = await model.ask(request(MEMBER, "hello"))
    assert (answer.text, model.wrong_with(answer)) == ("yes", None)
    assert time.monotonic() - started >= 1
    assert told == ["zai/glm-4.7 has no room: asking again in 1 s"]
    assert (model.tokens.input, model.tokens.output) == (274, 9)


async def test_a_wait_in_vain_is_the_last(gateway: tuple[Script, str]) -> None:
    script, address = gateway
    asked = len(script.asked)
    for _ in range(3):
        script.refuse(529, "no room", retry_after="0")
    async with MessagesClient(address, "t") as client:
        model = ModelUnderTest(client, MEMBER, None, [].append)
        for _ in range(2):
            assert (await model.ask(request(MEMBER, "hello"))).status == 529
    assert len(script.asked) - asked == 3


@pytest.mark.parametrize("wait", ["61", "", "Fri, 20 Nov 2026 12:00:00 GMT"])
async def test_no_wait_or_too_long_a_wait_is_the_answer(
    gateway: tuple[Script, str], wait: str
) -> None:
    script, address = gateway
    script.refuse(429, "no room", **({"retry_after": wait} if wait else {}))
    async with MessagesClient(address, "t") as client:
        model = ModelUnderTest(client, MEMBER, None, [].append)
        answer = await model.ask(request(MEMBER, "hello"))
    assert model.wrong_with(answer) == "429: no room"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, None),
        ({"error": "400: no"}, "400: no"),
        ({"served_by": "cerebras/x"}, "served by cerebras/x in its place"),
        ({"served_by": None}, "served by nobody in its place"),
        ({"model": "glm-4.7"}, "the answer is in the name of `glm-4.7`"),
        ({"stop_reason": "max_tokens"}, "it stopped with `max_tokens`, not `end_turn`"),
        ({"usage": {"input_tokens": 5}}, "the answer does not say what it cost"),
        ({"usage": {"output_tokens": 5}}, "the answer does not say what it cost"),
    ],
)
async def test_what_is_wrong_with_any_answer(changes: dict[str, object], wrong: str | None) -> None:
    async with MessagesClient("http://127.0.0.1:9", "t") as client:
        model = ModelUnderTest(client, MEMBER, None, [].append)
        good = {
            "status": 200, "served_by": MEMBER, "model": MEMBER, "stop_reason": "end_turn",
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }  # fmt: skip
        assert model.wrong_with(Answer(**{**good, **changes})) == wrong  # pyright: ignore[reportArgumentType]


def test_cached_tokens_are_input_too() -> None:
    assert input_of({"input_tokens": 1, "cache_read_input_tokens": 2, "output_tokens": 9}) == 3
    assert input_of({"input_tokens": None}) == 0
