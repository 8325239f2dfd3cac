"""Ask the proxy for messages the way Claude Code does, and keep who served and how long it took.

Used by the demo, by `ccglm test` and by the scripts. Reads the Messages API stream; decides nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

SERVED_BY_HEADER = "x-ccglm-served-by"
FALLBACK_HEADER = "x-ccglm-fallback"
REQUEST_ID_HEADER = "x-ccglm-request-id"


@dataclass(frozen=True)
class ToolCall:
    """One `tool_use` block: its id, the tool's name and the parsed input."""

    id: str
    name: str
    input: dict[str, Any]


@dataclass
class Answer:
    """What one request to `/v1/messages` came to.

    `error` is None for a complete answer; otherwise one readable sentence. Times are milliseconds since
    the request was sent; `first_event_ms` is None when nothing arrived. `retry_after_s` is what a refusal
    asks to wait, in seconds, None when it does not say.
    """

    status: int = 0
    served_by: str | None = None
    fallback: str | None = None
    request_id: str | None = None
    model: str | None = None
    text: str = ""
    thinking: str = ""
    tool_calls: list[ToolCall] = field(default_factory=list[ToolCall])
    stop_reason: str | None = None
    usage: dict[str, Any] = field(default_factory=dict[str, Any])
    error: str | None = None
    first_event_ms: float | None = None
    duration_ms: float = 0.0
    content: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    retry_after_s: float | None = None

    @property
    def ok(self) -> bool:
        """Whether the answer is complete: status 200, a stop reason, no error event."""
        return self.status == 200 and self.error is None and self.stop_reason is not None


class MessagesClient:
    """A client for one proxy; an async context manager that owns one connection pool.

    Args:
        base_url: The proxy's address without `/v1`.
        token: The bearer token, the proxy's master key.
        timeout_s: Longest silence on a connection, in seconds.
        max_connections: How many requests may be under way at once.
    """

    def __init__(
        self, base_url: str, token: str, *, timeout_s: float = 60.0, max_connections: int = 256
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"authorization": f"Bearer {token}", "anthropic-version": "2023-06-01"},
            timeout=timeout_s,
            limits=httpx.Limits(max_connections=max_connections),
            trust_env=False,  # the proxy is on this machine; a system proxy must not be asked
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._http.aclose()

    async def ask(self, body: Mapping[str, Any]) -> Answer:
        """Send one Messages request, streaming when the body says so.

        Args:
            body: An Anthropic request body.

        Returns:
            The answer; a refused or broken request is an Answer with `error` set, never an exception.
        """
        answer = Answer()
        started = time.perf_counter()
        try:
            async with self._http.stream("POST", "/v1/messages?beta=true", json=body) as response:
                _read_head(answer, response)
                if response.status_code != 200 or not body.get("stream"):
                    _read_whole(answer, await response.aread())
                else:
                    await _read_stream(answer, response, started)
        except httpx.HTTPError as err:
            answer.error = f"the connection failed: {type(err).__name__}"
        answer.duration_ms = (time.perf_counter() - started) * 1000
        return answer

    async def count_tokens(self, body: Mapping[str, Any]) -> int:
        """Return `input_tokens` of `/v1/messages/count_tokens` for the body.

        Raises:
            httpx.HTTPError: The proxy did not answer, or answered with an error status.
        """
        response = await self._http.post("/v1/messages/count_tokens?beta=true", json=body)
        response.raise_for_status()
        return int(response.json()["input_tokens"])


def _read_head(answer: Answer, response: httpx.Response) -> None:
    answer.status = response.status_code
    answer.served_by = response.headers.get(SERVED_BY_HEADER)
    answer.fallback = response.headers.get(FALLBACK_HEADER)
    answer.request_id = response.headers.get(REQUEST_ID_HEADER)
    # The other form of the header, a date, is not what the proxy sends.
    wait = response.headers.get("retry-after", "")
    answer.retry_after_s = float(wait) if wait.isascii() and wait.isdecimal() else None


def _read_whole(answer: Answer, content: bytes) -> None:
    try:
        document: dict[str, Any] = json.loads(content)
    except ValueError:
        answer.error = f"status {answer.status} with a body that is not JSON"
        return
    if answer.status != 200:
        answer.error = error_text(document, answer.status)
        return
    answer.model = document.get("model")
    answer.stop_reason = document.get("stop_reason")
    answer.usage = document.get("usage") or {}
    blocks: list[dict[str, Any]] = document.get("content") or []
    for block in blocks:
        _take_block(answer, block)


def error_text(document: Mapping[str, Any], status: int) -> str:
    """Return the readable message of an error envelope, nested or flat, with its status in front."""
    error: Any = document.get("error", document)
    message: Any = error if isinstance(error, str) else error.get("message")
    return f"{status}: {message}" if message else f"status {status}"


def _take_block(answer: Answer, block: dict[str, Any]) -> None:
    answer.content.append(block)
    match block.get("type"):
        case "text":
            answer.text += block["text"]
        case "thinking":
            answer.thinking += block["thinking"]
        case "tool_use":
            answer.tool_calls.append(ToolCall(block["id"], block["name"], block["input"]))
        case _:
            pass


async def _read_stream(answer: Answer, response: httpx.Response, started: float) -> None:
    blocks: dict[int, dict[str, Any]] = {}
    json_parts: dict[int, str] = {}
    async for line in response.aiter_lines():
        if not line.startswith("data:"):
            continue
        event = json.loads(line[5:])
        if answer.first_event_ms is None and event["type"] != "ping":
            answer.first_event_ms = (time.perf_counter() - started) * 1000
        _take_event(answer, event, blocks, json_parts)
    if answer.error is None and answer.stop_reason is None:
        answer.error = "the stream ended without a stop reason"


def _take_event(
    answer: Answer,
    event: dict[str, Any],
    blocks: dict[int, dict[str, Any]],
    json_parts: dict[int, str],
) -> None:
    match event["type"]:
        case "message_start":
            answer.model = event["message"].get("model")
            answer.usage.update(event["message"].get("usage") or {})
        case "content_block_start":
            blocks[event["index"]] = dict(event["content_block"])
        case "content_block_delta":
            _take_delta(blocks[event["index"]], event, json_parts)
        case "content_block_stop":
            block = blocks[event["index"]]
            if block["type"] == "tool_use":
                block["input"] = json.loads(json_parts.pop(event["index"], "") or "{}")
            _take_block(answer, block)
        case "message_delta":
            answer.stop_reason = event["delta"].get("stop_reason")
            answer.usage.update(event.get("usage") or {})
        case "error":
            answer.error = error_text(event, answer.status)
        case _:
            pass


def _take_delta(block: dict[str, Any], event: dict[str, Any], json_parts: dict[int, str]) -> None:
    delta = event["delta"]
    match delta["type"]:
        case "text_delta":
            block["text"] += delta["text"]
        case "thinking_delta":
            block["thinking"] += delta["thinking"]
        case "signature_delta":
            block["signature"] = delta["signature"]
        case "input_json_delta":
            index = event["index"]
            json_parts[index] = json_parts.get(index, "") + delta["partial_json"]
        case _:
            pass
