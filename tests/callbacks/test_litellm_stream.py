"""The relay passes chunks as they are, closes what it read, and leaves errors to LiteLLM."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litellm.proxy.common_request_processing import ProxyBaseLLMRequestProcessing

from callbacks import litellm_stream
from callbacks.litellm_stream import shortened
from callbacks.request_context import begin_request


class Source:
    """A stream that notes that it was closed."""

    def __init__(self, *chunks: bytes | Exception) -> None:
        self._chunks = list(chunks)
        self.closed = 0

    def __aiter__(self) -> Source:
        return self

    async def __anext__(self) -> bytes:
        if not self._chunks:
            raise StopAsyncIteration
        chunk = self._chunks.pop(0)
        if isinstance(chunk, Exception):
            raise chunk
        return chunk

    async def aclose(self) -> None:
        self.closed += 1


async def whole_way(response: AsyncIterator[bytes], **kwargs: Any) -> AsyncGenerator[bytes]:
    try:
        async for chunk in response:
            yield b"whole " + chunk
    except ValueError as error:
        yield f"worded {error} {kwargs}".encode()


@pytest.fixture
def lean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(litellm_stream, "is_lean", lambda: True)


def served_by(member: str) -> None:
    """Make a request current that a member serves."""
    begin_request("/v1/messages", {}).begin_hop(member, f"{member}#1", "KEY")


@pytest.mark.usefixtures("lean")
async def test_litellms_adapter_takes_litellms_whole_way() -> None:
    served_by("openrouter/glm-4.7")
    assert [c async for c in shortened(whole_way)(response=Source(b"a"))] == [b"whole a"]


@pytest.mark.usefixtures("lean")
async def test_chunks_pass_and_the_source_is_closed() -> None:
    served_by("cerebras/glm")
    source = Source(b"a", b"b")
    assert [c async for c in shortened(whole_way)(response=source)] == [b"a", b"b"]
    assert source.closed == 1


@pytest.mark.usefixtures("lean")
async def test_a_client_that_leaves_closes_the_source() -> None:
    served_by("cerebras/glm")
    source = Source(b"a", b"b")
    stream = shortened(whole_way)(response=source)
    assert await anext(stream) == b"a"
    await stream.aclose()
    assert source.closed == 1


@pytest.mark.usefixtures("lean")
async def test_an_error_is_worded_by_litellm() -> None:
    served_by("cerebras/glm")
    source = Source(b"a", ValueError("broken"))
    seen = [c async for c in shortened(whole_way)(response=source, request_data=1)]
    assert seen == [b"a", b"worded broken {'request_data': 1}"]
    assert source.closed == 1


async def test_with_a_listener_it_is_litellms_whole_way() -> None:
    assert [c async for c in shortened(whole_way)(response=Source(b"a"))] == [b"whole a"]


def test_litellm_relays_where_we_listen() -> None:
    litellm_stream.install()
    first = ProxyBaseLLMRequestProcessing.async_sse_data_generator
    litellm_stream.install()
    assert ProxyBaseLLMRequestProcessing.async_sse_data_generator is first
    source = Path(inspect.getfile(ProxyBaseLLMRequestProcessing)).read_text()
    call = "ProxyBaseLLMRequestProcessing.async_sse_data_generator(\n"
    assert call in source, "LiteLLM no longer relays /v1/messages with async_sse_data_generator"
