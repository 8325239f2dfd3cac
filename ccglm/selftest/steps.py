"""The questions of the self test, one function each: asks, judges, says in one sentence what came back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter
from typing import TYPE_CHECKING, Final

import httpx

from ccglm.selftest.asking import input_of
from ccglm.selftest.questions import (
    FILE_PATH,
    FILE_WORD,
    READ_TOOL,
    TEMPERATURES,
    THINKING,
    WEATHER_TOOL,
    countable,
    request,
    too_long,
    with_results,
)
from ccglm.text import count, duration

if TYPE_CHECKING:
    from ccglm.proxy.messages_client import Answer
    from ccglm.selftest.asking import ModelUnderTest

OVERFLOW_WORDING: Final = "prompt is too long"
"""What makes Claude Code compact a conversation."""
_COUNT_TOLERANCE: Final = 0.5
_COUNT_SLACK_TOKENS: Final = 100
"""A provider's own template adds tokens to each request; on a short one they weigh much."""


class State(StrEnum):
    """What a question came to."""

    OK = "ok"
    FAILED = "fail"
    SKIPPED = "skip"


@dataclass(frozen=True)
class Outcome:
    """What one question to one model came to.

    Attributes:
        member: The model, `provider/model`.
        name: The question.
        state: Whether the answer was right.
        detail: What came back, or what was wrong with it.
        duration_ms: How long all its requests took, in milliseconds.
    """

    member: str
    name: str
    state: State
    detail: str
    duration_ms: float = 0.0


@dataclass(frozen=True)
class Found:
    """What a question found: `wrong` is None when all was right, then `right` says what came back."""

    wrong: str | None
    right: str
    skipped: bool = False


async def text(model: ModelUnderTest) -> Found:
    """Ask for a whole answer."""
    body = request(model.member, "What colour is a clear sky at noon? One word.", stream=False)
    answer = await model.ask(body)
    return Found(
        model.wrong_with(answer) or _without_text(answer), f"{count(len(answer.text))} characters"
    )


async def stream(model: ModelUnderTest) -> Found:
    """Ask for a streamed answer."""
    answer = await model.ask(request(model.member, "Count from one to ten in words."))
    wrong = model.wrong_with(answer) or _without_text(answer)
    first = duration((answer.first_event_ms or 0) / 1000)
    return Found(wrong, f"{count(len(answer.text))} characters, the first event after {first}")


async def thinking(model: ModelUnderTest) -> Found:
    """Ask for thinking before the answer."""
    if model.facts is None or model.facts.thinking == "never":
        return Found(None, "it is not known to think", skipped=True)
    prompt = "Think it through first: which is larger, 9.11 or 9.9, and by how much?"
    answer = await model.ask(request(model.member, prompt, **THINKING))
    kinds = [block["type"] for block in answer.content]
    wrong = None
    if kinds[:1] != ["thinking"] or kinds[-1:] != ["text"] or not answer.thinking.strip():
        wrong = f"the blocks were: {', '.join(kinds) or 'none'}"
    right = f"{count(len(answer.thinking))} characters, then text"
    return Found(model.wrong_with(answer) or wrong, right)


async def tool_round_trip(model: ModelUnderTest) -> Found:
    """Let the model call a tool: its call, our result, its answer."""
    prompt = f"Read {FILE_PATH} with your tool and repeat the word in it."
    body = request(model.member, prompt, tools=[READ_TOOL])
    asked = await model.ask(body)
    calls = asked.tool_calls
    wrong = model.wrong_with(asked, stop="tool_use")
    if wrong is None and [call.input for call in calls] != [{"file_path": FILE_PATH}]:
        wrong = f"it called {', '.join(f'{c.name} {c.input}' for c in calls)}"
    if wrong is not None:
        return Found(wrong, "")
    answer = await model.ask(with_results(body, asked.content, {calls[0].id: f"{FILE_WORD}\n"}))
    if FILE_WORD not in answer.text:
        wrong = "the answer does not repeat what the tool said"
    return Found(model.wrong_with(answer) or wrong, f"{calls[0].name}, then its result in words")


async def parallel_tools(model: ModelUnderTest) -> Found:
    """Let the model call a tool twice in one answer."""
    prompt = (
        'In one answer, both at once: call weather {"city": "Paris"} and call weather {"city": "Tokyo"}. '
        "Then tell me both temperatures."
    )
    body = request(model.member, prompt, tools=[WEATHER_TOOL])
    asked = await model.ask(body)
    calls = asked.tool_calls
    cities = [str(call.input.get("city")) for call in calls]
    wrong = model.wrong_with(asked, stop="tool_use")
    if wrong is None and (set(cities) != set(TEMPERATURES) or len(calls) != len(TEMPERATURES)):
        wrong = f"it called for {' and '.join(cities)} in one answer, not for both"
    if wrong is None and len({call.id for call in calls}) != len(calls):
        wrong = "both calls have the same id"
    if wrong is not None:
        return Found(wrong, "")
    results = {call.id: TEMPERATURES[city] for call, city in zip(calls, cities, strict=True)}
    answer = await model.ask(with_results(body, asked.content, results))
    if not all(degrees in answer.text for degrees in TEMPERATURES.values()):
        wrong = "the answer does not name both temperatures"
    return Found(model.wrong_with(answer) or wrong, "two calls, then both results in words")


async def count_tokens(model: ModelUnderTest) -> Found:
    """Compare the count of a request with what the provider says it read."""
    prompt = "How many words has this sentence, the one you are reading now? Answer with a number."
    body = request(model.member, prompt, stream=False)
    try:
        counted = await model.client.count_tokens(countable(body))
    except (httpx.HTTPError, KeyError, ValueError) as err:
        return Found(f"not answered: {err}", "")
    answer = await model.ask(body)
    read = input_of(answer.usage)
    wrong = None
    if abs(counted - read) > max(_COUNT_SLACK_TOKENS, _COUNT_TOLERANCE * read):
        wrong = f"counted {count(counted)}, the provider read {count(read)}"
    right = f"counted {count(counted)}, the provider read {count(read)}"
    return Found(model.wrong_with(answer) or wrong, right)


async def overflow(model: ModelUnderTest) -> Found:
    """Send more than the model can read: the refusal must be the one that makes Claude Code compact."""
    if model.facts is None:
        return Found(None, "its window is not known", skipped=True)
    answer = await model.ask(request(model.member, too_long(model.facts.context_tokens)))
    if answer.ok:
        window = count(model.facts.context_tokens)
        return Found(f"it was answered: the window is larger than the {window} tokens known", "")
    said = answer.error or "nothing"
    is_right = answer.status == 400 and OVERFLOW_WORDING in said
    return Found(None if is_right else said, said)


def _without_text(answer: Answer) -> str | None:
    return None if answer.text.strip() else "no text came back"


Question = Callable[["ModelUnderTest"], Awaitable[Found]]
QUESTIONS: Final[dict[str, Question]] = {
    "text": text,
    "stream": stream,
    "thinking": thinking,
    "tool round trip": tool_round_trip,
    "parallel tools": parallel_tools,
    "count_tokens": count_tokens,
}
OVERFLOW_QUESTION: Final[dict[str, Question]] = {"overflow": overflow}


async def put(name: str, question: Question, model: ModelUnderTest) -> Outcome:
    """Put one question to one model and return what it came to."""
    started = perf_counter()
    found = await question(model)
    took_ms = (perf_counter() - started) * 1000
    if found.skipped:
        return Outcome(model.member, name, State.SKIPPED, found.right)
    if found.wrong is not None:
        return Outcome(model.member, name, State.FAILED, found.wrong, took_ms)
    return Outcome(model.member, name, State.OK, found.right, took_ms)
