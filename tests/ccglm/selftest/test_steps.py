"""Each question of the self test says in words what is not right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from ccglm.proxy.messages_client import MessagesClient
from ccglm.selftest import steps
from ccglm.selftest.asking import ModelUnderTest
from ccglm.selftest.questions import FILE_PATH, FILE_WORD
from ccglm.selftest.steps import Found, State, put
from tests.helpers.model_facts import some_facts
from tests.helpers.scripted_messages import Script, call, serve_script, text, thought

MEMBER = "zai/glm-4.7"
PARIS = call("weather", "a", city="Paris")
TOKYO = call("weather", "b", city="Tokyo")
RIGHT_READ = call("Read", file_path=FILE_PATH)


@pytest.fixture(scope="module")
def gateway() -> Iterator[tuple[Script, str]]:
    script = Script()
    with serve_script(script) as address:
        yield script, address


@pytest.fixture
def script(gateway: tuple[Script, str]) -> Script:
    script, _ = gateway
    Script.__init__(script)
    return script


@pytest.fixture
async def model(gateway: tuple[Script, str]) -> AsyncIterator[ModelUnderTest]:
    async with MessagesClient(gateway[1], "t") as client:
        yield ModelUnderTest(client, MEMBER, some_facts(), [].append)


async def test_text_is_asked_whole_and_streamed(model: ModelUnderTest, script: Script) -> None:
    script.say(text("Blue."))
    script.say(text("One, two."))
    assert await steps.text(model) == Found(None, "5 characters")
    assert (await steps.stream(model)).right.startswith("9 characters, the first event after ")
    assert [body["stream"] for body in script.asked] == [False, True]
    script.say(text(" "))
    script.say()
    assert (await steps.text(model)).wrong == "no text came back"
    assert (await steps.stream(model)).wrong == "no text came back"


async def test_thinking_comes_before_text(model: ModelUnderTest, script: Script) -> None:
    script.say(thought("Hm."), text("9.9"))
    assert await steps.thinking(model) == Found(None, "3 characters, then text")
    assert script.asked[0]["thinking"] == {"type": "adaptive"}
    for blocks, wrong in (
        ([text("9.9")], "the blocks were: text"),
        ([text("9.9"), thought("Hm.")], "the blocks were: text, thinking"),
        ([], "the blocks were: none"),
        ([thought(" "), text("9.9")], "the blocks were: thinking, text"),
    ):
        script.say(*blocks)
        assert (await steps.thinking(model)).wrong == wrong


async def test_a_model_that_does_not_think_is_not_asked_to(
    gateway: tuple[Script, str], script: Script
) -> None:
    async with MessagesClient(gateway[1], "t") as client:
        for facts in (None, some_facts(thinking="never")):
            model = ModelUnderTest(client, MEMBER, facts, [].append)
            outcome = await put("thinking", steps.thinking, model)
            assert (outcome.state, outcome.detail) == (State.SKIPPED, "it is not known to think")
    assert script.asked == []


async def test_a_tool_round_trip(model: ModelUnderTest, script: Script) -> None:
    script.say(text("Reading."), RIGHT_READ)
    script.say(text(f"It says {FILE_WORD}."))
    assert await steps.tool_round_trip(model) == Found(None, "Read, then its result in words")
    assert script.asked[1]["messages"][2]["content"][0]["tool_use_id"] == "t1"
    script.say(call("Read", file_path="/etc"))
    assert (await steps.tool_round_trip(model)).wrong == "it called Read {'file_path': '/etc'}"
    script.say(text("no"))
    assert (
        await steps.tool_round_trip(model)
    ).wrong == "it stopped with `end_turn`, not `tool_use`"
    script.say(RIGHT_READ)
    script.say(text("It says something."))
    found = await steps.tool_round_trip(model)
    assert found.wrong == "the answer does not repeat what the tool said"


async def test_parallel_tools(model: ModelUnderTest, script: Script) -> None:
    script.say(TOKYO, PARIS)
    script.say(text("23 and 31 degrees"))
    assert (await steps.parallel_tools(model)).wrong is None
    results = script.asked[1]["messages"][2]["content"]
    assert [(r["tool_use_id"], r["content"]) for r in results] == [("b", "31"), ("a", "23")]
    script.say(PARIS)
    found = await steps.parallel_tools(model)
    assert found.wrong == "it called for Paris in one answer, not for both"
    script.say(PARIS, {**TOKYO, "id": "a"})
    assert (await steps.parallel_tools(model)).wrong == "both calls have the same id"
    script.say(PARIS, TOKYO)
    script.say(text("23 degrees"))
    found = await steps.parallel_tools(model)
    assert found.wrong == "the answer does not name both temperatures"


async def test_the_count_is_held_against_what_the_provider_read(
    model: ModelUnderTest, script: Script
) -> None:
    script.say(text("16"))
    assert await steps.count_tokens(model) == Found(None, "counted 270, the provider read 274")
    assert "stream" not in script.asked[0]
    script.counted = 500
    script.say(text("16"))
    assert (await steps.count_tokens(model)).wrong == "counted 500, the provider read 274"
    script.counted = -1
    assert "not answered: Server error '500" in ((await steps.count_tokens(model)).wrong or "")


async def test_too_much_is_refused_in_the_right_words(
    model: ModelUnderTest, script: Script
) -> None:
    words = "prompt is too long: 1250 tokens > 1000 maximum"
    script.refuse(400, words)
    assert await steps.overflow(model) == Found(None, f"400: {words}")
    assert len(script.asked[0]["messages"][0]["content"][0]["text"].split()) >= 1250
    script.refuse(413, words)
    assert (await steps.overflow(model)).wrong == f"413: {words}"
    script.refuse(400, "context length exceeded")
    assert (await steps.overflow(model)).wrong == "400: context length exceeded"
    script.say(text("Fine."))
    found = await steps.overflow(model)
    assert found.wrong == "it was answered: the window is larger than the 1,000 tokens known"


async def test_an_unknown_window_is_not_tried(gateway: tuple[Script, str], script: Script) -> None:
    async with MessagesClient(gateway[1], "t") as client:
        found = await steps.overflow(ModelUnderTest(client, MEMBER, None, [].append))
    assert (found.skipped, script.asked) == (True, [])


async def test_a_question_has_an_outcome(model: ModelUnderTest, script: Script) -> None:
    script.say(text("Blue."))
    script.refuse(500, "broken")
    good = await put("text", steps.text, model)
    bad = await put("text", steps.text, model)
    assert (good.member, good.name, good.state) == (MEMBER, "text", State.OK)
    assert good.duration_ms > 0
    assert (bad.state, bad.detail) == (State.FAILED, "500: broken")
