"""The short call: what it leaves to LiteLLM, and that what it asks is what LiteLLM would have asked."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any

import pytest
from litellm.messages import dispatch
from typing_extensions import override

from callbacks import litellm_call
from callbacks.attempt import Answer, Attempt, AttemptFailed, Timing
from callbacks.dialects.causes import Cause, Fault
from callbacks.dialects.cerebras import Cerebras
from callbacks.litellm_call import PlainStream, install, shortened
from callbacks.litellm_seam import current_attempt, enter, is_repeating
from callbacks.request_context import RequestContext
from tests.helpers.dialects import CEREBRAS_FACTS, a_target, facts

MESSAGES = [{"role": "user", "content": "hello"}]
TARGET = a_target(facts(CEREBRAS_FACTS))


class Recorder(Attempt):
    """An attempt that answers or fails as told, and notes what it was given."""

    def __init__(self, fault: Fault | None = None) -> None:
        context = RequestContext(requested_model="main")
        hop = context.begin_hop(TARGET.member, TARGET.deployment_id, TARGET.key_label)
        super().__init__(Cerebras(), TARGET, context, hop, Timing(), lambda *_: None)
        self.given: dict[str, Any] = {}
        self.told = fault
        self.closed = False

    @override
    def prepare(self, body: Mapping[str, Any]) -> Any:
        self.given = dict(body)

    @override
    async def run(self, send: Any, *, stream: bool) -> Answer:
        assert stream
        if self.told is not None:
            self.fault = self.told
            raise AttemptFailed(self.told)
        return Answer({"X-Limit": "9"}, events=self._events(), hop=self.hop)

    async def _events(self) -> AsyncGenerator[bytes, None]:
        try:
            yield b"first"
            yield b"second"
        finally:
            self.closed = True


@pytest.fixture(autouse=True)
def lean(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(litellm_call, "is_lean", lambda: True)
    yield
    enter(None)


@pytest.fixture
def hooked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let LiteLLM's hooks put an attempt in charge."""

    def put(attempt: Attempt | None) -> None:
        async def hook(kwargs: dict[str, Any], call_type: str) -> dict[str, Any]:
            assert call_type == "anthropic_messages"
            return {**kwargs, **enter(attempt), "temperature": 0.5}

        monkeypatch.setattr(litellm_call, "async_pre_call_deployment_hook", hook)

    return put


async def whole_way(*args: Any, **kwargs: Any) -> Any:
    return ("whole", args, kwargs, is_repeating(), current_attempt())


def request(**changes: Any) -> dict[str, Any]:
    return {
        "model": "cerebras/zai-glm-4.7", "messages": MESSAGES, "max_tokens": 9, "stream": True,
        "metadata": {"user_id": "u"}, "top_k": None, "litellm_call_id": "call", "api_base": "https://p.invalid",
        "model_info": {"id": "cerebras/zai-glm-4.7#1"}, "litellm_metadata": {"secret": 1}, **changes,
    }  # fmt: skip


async def test_a_stream_is_asked_for_with_the_clients_own_body(hooked: Any) -> None:
    attempt = Recorder()
    hooked(attempt)
    stream = await shortened(whole_way)(**request(system="be brief"))
    assert isinstance(stream, PlainStream)
    assert attempt.given == {
        "model": "zai-glm-4.7", "messages": MESSAGES, "max_tokens": 9, "stream": True, "temperature": 0.5,
        "metadata": {"user_id": "u"}, "system": "be brief",
    }  # fmt: skip
    assert stream.hidden_params["model_id"] == "cerebras/zai-glm-4.7#1"
    assert stream.hidden_params["additional_headers"] == {"llm_provider-x-limit": "9"}
    assert [chunk async for chunk in stream] == [b"first", b"second"]


async def test_closing_the_stream_ends_the_exchange(hooked: Any) -> None:
    attempt = Recorder()
    hooked(attempt)
    stream = await shortened(whole_way)(**request())
    assert await anext(stream) == b"first"
    await stream.aclose()
    assert attempt.closed
    assert attempt.hop.outcome == "cancelled"
    stream.hidden_params = {"model_id": "x"}
    assert stream.hidden_params == {"model_id": "x"}


async def test_a_failure_is_told_to_litellm_on_its_whole_way(hooked: Any) -> None:
    fault = Fault(Cause.REQUEST_QUOTA, "cerebras", "m", "KEY", "no more")
    attempt = Recorder(fault)
    hooked(attempt)
    name, _, kwargs, repeating, current = await shortened(whole_way)(**request())
    assert (name, repeating, current) == ("whole", True, attempt)
    assert kwargs["temperature"] == 0.5
    assert not is_repeating()


async def test_what_litellms_adapter_serves_goes_its_whole_way(hooked: Any) -> None:
    hooked(None)
    name, _, kwargs, repeating, _ = await shortened(whole_way)(**request())
    assert (name, kwargs["temperature"], repeating) == ("whole", 0.5, False)


@pytest.mark.parametrize(
    "changes",
    [
        {"stream": False},
        {"stream": None},
        {"mock_response": "hi"},
        {"compaction": {}},
        {"cache_control_injection_points": []},
        {"tools": [{"type": "mcp", "server_url": "litellm_proxy"}]},
        {"tools": [{"type": "advisor_20260301", "name": "advisor"}]},
    ],
)
async def test_what_is_not_plain_goes_the_whole_way(hooked: Any, changes: dict[str, Any]) -> None:
    hooked(Recorder())
    assert (await shortened(whole_way)(**request(**changes)))[0] == "whole"


async def test_plain_tools_are_plain(hooked: Any) -> None:
    hooked(Recorder())
    tools = [{"name": "read", "input_schema": {"type": "object"}}]
    assert isinstance(await shortened(whole_way)(**request(tools=tools)), PlainStream)


async def test_with_a_listener_everything_goes_the_whole_way(
    hooked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooked(Recorder())
    monkeypatch.setattr(litellm_call, "is_lean", lambda: False)
    assert (await shortened(whole_way)(**request()))[0] == "whole"
    assert (await shortened(whole_way)("positional"))[1] == ("positional",)


def test_litellm_calls_where_we_listen() -> None:
    moved = "LiteLLM has moved the call for /v1/messages: "
    assert inspect.iscoroutinefunction(dispatch.anthropic_messages), moved + "dispatch"
    source = Path(str(dispatch.__file__)).read_text()
    assert "python: Final = _PYTHON_AMESSAGES\n" in source, moved + "its name"
    before = dispatch._PYTHON_AMESSAGES  # pyright: ignore[reportPrivateUsage]
    try:
        install()
        once = dispatch._PYTHON_AMESSAGES  # pyright: ignore[reportPrivateUsage]
        install()
        assert dispatch._PYTHON_AMESSAGES is once is not before  # pyright: ignore[reportPrivateUsage]
    finally:
        setattr(dispatch, "_PYTHON_AMESSAGES", before)  # noqa: B010
