"""The probe: one small request in the provider's own language, counted against its quota."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from callbacks.dialects.causes import Cause
from callbacks.exchange import Send, SendFailed, Upstream
from callbacks.quota.key_quota import Limit, Unit
from callbacks.quota.key_state import KeyState
from callbacks.quota.probe_request import ProbeRequest
from callbacks.quota.quota_book import QuotaBook
from tests.helpers.quota import CEREBRAS, ZAI, quota_settings
from tests.helpers.upstreams import FakeUpstream

RPM = Limit(Unit.REQUESTS, "minute")
BASES = {CEREBRAS: "https://c.invalid/v1", ZAI: "https://z.invalid/api/anthropic"}


class Probe:
    """A probe request whose provider answers as it is told."""

    def __init__(self, answer: Upstream | Exception) -> None:
        settings = quota_settings(rpm=10)
        self.book = QuotaBook(settings)
        self.sent: list[tuple[str, Mapping[str, str], Any]] = []
        self._answer = answer
        self.request = ProbeRequest(self.book, settings.models, self._sender)

    def key(self, member: str) -> KeyState:
        state = self.book.keys_of(member)[0]
        state.api_key, state.api_base = "the-key", BASES[member]
        return state

    def _sender(self, _provider: str) -> Send:
        async def send(url: str, headers: Mapping[str, str], body: bytes) -> Upstream:
            self.sent.append((url, headers, json.loads(body)))
            if isinstance(self._answer, Exception):
                raise self._answer
            return self._answer

        return send


@pytest.mark.parametrize("member", [CEREBRAS, ZAI])
async def test_an_answer_means_that_the_key_serves(member: str) -> None:
    answer = FakeUpstream(200, [b"{}"], {"X-RateLimit-Remaining-Requests-Minute": "4"})
    probe = Probe(answer)
    state = probe.key(member)
    assert await probe.request.ask(state) is None
    url, headers, body = probe.sent[0]
    assert url.startswith(BASES[member])
    assert headers["authorization"] == "Bearer the-key"
    assert body["model"] == state.model
    assert (body.get("max_tokens") or body["max_completion_tokens"]) == 16
    assert answer.closed
    assert state.quota.in_flight == 0
    if member == CEREBRAS:
        assert state.quota.buckets[RPM].level_at(probe.book.now_s()) == pytest.approx(4, abs=0.5)


async def test_a_refusal_is_explained_as_any_other() -> None:
    body = b'{"message":"no","type":"too_many_requests_error","param":"quota","code":"request_quota_exceeded"}'
    probe = Probe(FakeUpstream(429, [body], {"retry-after": "58"}))
    fault = await probe.request.ask(probe.key(CEREBRAS))
    assert fault is not None
    assert (fault.cause, fault.retry_after_s) == (Cause.REQUEST_QUOTA, 58)


@pytest.mark.parametrize(
    ("error", "cause"),
    [(SendFailed(Cause.UNREACHABLE, "x"), Cause.UNREACHABLE), (TimeoutError(), Cause.TIMEOUT)],
)
async def test_no_answer_is_a_fault(error: Exception, cause: Cause) -> None:
    probe = Probe(error)
    state = probe.key(CEREBRAS)
    fault = await probe.request.ask(state)
    assert fault is not None
    assert fault.cause is cause
    assert state.quota.in_flight == 0


async def test_a_key_that_cannot_be_asked_is_taken_at_its_word() -> None:
    probe = Probe(FakeUpstream(500, []))
    state = probe.key(CEREBRAS)
    state.api_base = ""
    assert await probe.request.ask(state) is None
    assert probe.sent == []
