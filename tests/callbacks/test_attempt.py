"""One attempt: what is sent, what is handed on, what is explained, what is tried once more."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from typing_extensions import override

from callbacks import attempt as attempt_module
from callbacks.attempt import Attempt, AttemptFailed, Timing
from callbacks.dialects.causes import Cause
from callbacks.dialects.cerebras import Cerebras
from callbacks.exchange import SendFailed
from callbacks.request_context import RequestContext
from callbacks.translate.reply_stream import Usage
from tests.helpers.dialects import CEREBRAS_FACTS, a_target, facts
from tests.helpers.messages import events_of
from tests.helpers.upstreams import FakeUpstream

TARGET = a_target(facts(CEREBRAS_FACTS), token_ratio=2.0)
BODY: dict[str, Any] = {
    "model": "x",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "word " * 100}],
}
USAGE = {
    "prompt_tokens": 130,
    "completion_tokens": 2,
    "prompt_tokens_details": {"cached_tokens": 30},
}


def completion(content: str | None) -> bytes:
    message = (
        {"role": "assistant"} if content is None else {"role": "assistant", "content": content}
    )
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return orjson.dumps({"choices": [choice], "usage": USAGE})


def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice: dict[str, Any] = {"index": 0, "delta": delta}
    if finish:
        choice["finish_reason"] = finish
    rest = {"usage": USAGE} if finish else {}
    return b"data: " + orjson.dumps({"choices": [choice], **rest}) + b"\n\n"


STREAM = [chunk({"role": "assistant"}), chunk({"content": "Hel"}), chunk({"content": "lo"}), chunk({}, "stop"), b"data: [DONE]\n\n"]  # fmt: skip
QUEUE_FULL = b'{"message":"high traffic","code":"queue_exceeded"}'
QUOTA = b'{"message":"no more","code":"request_quota_exceeded"}'


class Sender:
    """Sends to a queue of answers and remembers what was sent."""

    def __init__(self, *answers: FakeUpstream | Exception | float) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, Mapping[str, str], bytes]] = []

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> FakeUpstream:
        self.sent.append((url, headers, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int | float):
            await asyncio.sleep(answer)
            pytest.fail("nobody waits that long")
        return answer


class Setting:
    """An attempt and what it leaves behind."""

    def __init__(self, **timing: float) -> None:
        self.context = RequestContext(requested_model="main")
        self.hop = self.context.begin_hop(TARGET.member, TARGET.deployment_id, TARGET.key_label)
        self.observed: list[tuple[str, int, Usage]] = []
        self.attempt = Attempt(
            Cerebras(),
            TARGET,
            self.context,
            self.hop,
            Timing(**{"pace_ms": 0.0, **timing}),
            lambda member, estimate, usage: self.observed.append((member, estimate, usage)),
        )
        self.attempt.prepare(BODY)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt_module, "QUEUE_PAUSE_S", (0.0, 0.0))


async def test_a_whole_answer_is_handed_on_and_learned_from() -> None:
    setting = Setting()
    upstream = FakeUpstream(200, [completion("Hello")], {"x": "y"})
    sender = Sender(upstream)
    answer = await setting.attempt.run(sender, stream=False)
    assert answer.message is not None
    assert (answer.message["model"], answer.message["content"][0]["text"]) == ("main", "Hello")
    assert answer.headers == {"x": "y"}
    assert upstream.closed
    hop = setting.hop
    assert (hop.outcome, hop.status, hop.stop_reason) == ("served", 200, "end_turn")
    assert (hop.usage.input_tokens, hop.usage.cached_tokens, hop.usage.output_tokens) == (
        100,
        30,
        2,
    )
    member, estimate, usage = setting.observed[0]
    assert member == "cerebras/zai-glm-4.7"
    assert 2 * estimate == pytest.approx(setting.context.estimated_input_tokens, abs=2)
    assert usage.prompt_tokens == 130
    url, headers, body = sender.sent[0]
    assert url.endswith("/chat/completions")
    assert headers["authorization"] == "Bearer the-key"
    assert orjson.loads(body)["model"] == "zai-glm-4.7"


async def test_a_stream_is_handed_on_once_it_has_begun() -> None:
    setting = Setting()
    upstream = FakeUpstream(200, STREAM)
    answer = await setting.attempt.run(Sender(upstream), stream=True)
    assert setting.hop.first_byte_ms is not None
    assert setting.hop.outcome == "running"
    assert answer.events is not None
    text = b"".join([piece async for piece in answer.events]).decode()
    assert events_of(text)[0]["message"]["model"] == "main"
    assert events_of(text)[-1]["type"] == "message_stop"
    assert (setting.hop.outcome, setting.hop.usage.prompt_tokens) == ("served", 130)
    assert upstream.closed
    assert len(setting.observed) == 1


@pytest.mark.parametrize("stream", [True, False])
async def test_a_refusal_is_explained(stream: bool) -> None:
    setting = Setting()
    upstream = FakeUpstream(429, [QUOTA], {"Retry-After": "58"})
    with pytest.raises(AttemptFailed) as caught:
        await setting.attempt.run(Sender(upstream), stream=stream)
    fault = caught.value.fault
    assert (fault.cause, fault.retry_after_s, fault.status) == (Cause.REQUEST_QUOTA, 58.0, 429)
    assert setting.attempt.fault is fault
    assert (setting.hop.outcome, setting.hop.fault) == ("failed", fault)
    assert upstream.closed


@pytest.mark.parametrize("stream", [True, False])
async def test_a_full_queue_gets_one_more_chance(stream: bool) -> None:
    setting = Setting()
    good = FakeUpstream(200, STREAM if stream else [completion("Hello")])
    sender = Sender(FakeUpstream(429, [QUEUE_FULL]), good)
    answer = await setting.attempt.run(sender, stream=stream)
    assert len(sender.sent) == 2
    assert setting.hop.retried
    assert setting.hop.fault is None
    await answer.aclose()


async def test_only_one_more() -> None:
    setting = Setting()
    sender = Sender(*[FakeUpstream(429, [QUEUE_FULL]) for _ in range(3)])
    with pytest.raises(AttemptFailed) as caught:
        await setting.attempt.run(sender, stream=True)
    assert caught.value.fault.cause is Cause.QUEUE_FULL
    assert len(sender.sent) == 2


@pytest.mark.parametrize(
    ("stream", "empty"),
    [(False, [completion(None)]), (True, [chunk({"role": "assistant"}), chunk({}, "stop")]), (True, [b"data: [DONE]\n\n"])],
)  # fmt: skip
async def test_an_empty_answer_is_asked_for_again(stream: bool, empty: list[bytes]) -> None:
    setting = Setting()
    good = FakeUpstream(200, STREAM if stream else [completion("Hello")])
    sender = Sender(FakeUpstream(200, empty), good)
    answer = await setting.attempt.run(sender, stream=stream)
    assert len(sender.sent) == 2
    await answer.aclose()


BROKEN = [
    (True, [chunk({"role": "assistant"}), SendFailed(Cause.RESET, "broke")], Cause.RESET),
    (True, [chunk({"role": "assistant"})], Cause.EMPTY_REPLY),
    (True, [chunk({"content": " "}), chunk({"content": " "})], Cause.RESET),
    (True, [b"<html><title>Oh</title></html>"], None),
    (True, [b'data: {"error":{"message":"busy","code":"request_quota_exceeded"},"status_code":429}\n\n'], Cause.REQUEST_QUOTA),
    (False, [b"<html>"], Cause.STREAM_FAULT),
    (False, [b'{"error":{"message":"m","code":"context_length_exceeded"}}'], Cause.CONTEXT_OVERFLOW),
    (False, [b"{", SendFailed(Cause.RESET, "broke")], Cause.RESET),
]  # fmt: skip


@pytest.mark.parametrize(("stream", "pieces", "cause"), BROKEN)
async def test_before_the_first_event_everything_is_an_exception(
    stream: bool, pieces: list[bytes | BaseException], cause: Cause | None
) -> None:
    setting = Setting()
    upstream = FakeUpstream(200, pieces)
    with pytest.raises(AttemptFailed) as caught:
        await setting.attempt.run(Sender(upstream, upstream), stream=stream)
    assert cause is None or caught.value.fault.cause is cause
    assert upstream.closed


@pytest.mark.parametrize("cause", [Cause.UNREACHABLE, Cause.TIMEOUT, Cause.RESET])
async def test_a_connection_that_fails_is_explained(cause: Cause) -> None:
    setting = Setting()
    with pytest.raises(AttemptFailed) as caught:
        await setting.attempt.run(Sender(SendFailed(cause, "no connection")), stream=True)
    assert caught.value.fault.cause is cause


async def test_silence_before_the_headers_ends_the_attempt() -> None:
    setting = Setting(stall_timeout_s=0.05)
    with pytest.raises(AttemptFailed) as caught:
        await setting.attempt.run(Sender(30.0), stream=True)
    assert caught.value.fault.cause is Cause.TIMEOUT


async def test_silence_before_the_first_event_ends_the_attempt() -> None:
    setting = Setting(stall_timeout_s=0.05)
    upstream = FakeUpstream(200, [chunk({"role": "assistant"}), 30.0])
    with pytest.raises(AttemptFailed) as caught:
        await setting.attempt.run(Sender(upstream), stream=True)
    assert caught.value.fault.cause is Cause.TIMEOUT
    assert upstream.closed


async def test_after_content_a_fault_is_an_error_event_that_names_the_provider() -> None:
    setting = Setting()
    error = b'data: {"error":{"message":"gone","code":"x"},"status_code":500}\n\n'
    upstream = FakeUpstream(200, [chunk({"content": "Hello"}), 0.05, error])
    answer = await setting.attempt.run(Sender(upstream), stream=True)
    assert answer.events is not None
    events = events_of(b"".join([piece async for piece in answer.events]).decode())
    assert events[-1]["error"] == {"type": "api_error", "message": "Cerebras failed: gone"}
    assert (setting.hop.outcome, setting.hop.cause) == ("failed", "server_error")


@pytest.mark.parametrize("started", [True, False])
async def test_a_client_that_leaves_ends_the_exchange(started: bool) -> None:
    setting = Setting()
    upstream = FakeUpstream(200, [chunk({"content": "Hello"}), 30.0])
    answer = await setting.attempt.run(Sender(upstream), stream=True)
    assert answer.events is not None
    if started:
        await anext(answer.events)
    await answer.aclose()
    assert upstream.closed
    assert setting.hop.outcome == "cancelled"


async def test_a_cancelled_wait_is_noted() -> None:
    setting = Setting()
    task = asyncio.create_task(setting.attempt.run(Sender(30.0), stream=True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert setting.hop.outcome == "cancelled"


def test_a_request_that_cannot_be_translated_goes_on_to_the_next() -> None:
    setting = Setting()
    with pytest.raises(AttemptFailed) as caught:
        setting.attempt.prepare({"model": "x", "messages": BadMessages()})
    assert caught.value.fault.cause is Cause.BAD_REQUEST
    assert setting.hop.outcome == "failed"


class BadMessages(list[Any]):
    """A list that fails when it is looked at."""

    @override
    def __iter__(self) -> Any:
        raise RuntimeError("a bug of ours")
