"""Warming the proxy up: the first real request must not pay for LiteLLM's lazy imports (about 2.5 s, measured).

A small server in this process plays each provider with one canned answer; requests go through the whole proxy to
deployments that exist only meanwhile. Nobody outside sees any of it: the requests are marked internal, the usage log
is not told, and the server listens on loopback for the length of the warm-up.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson

from callbacks.asgi import App, Message, Scope
from callbacks.edge import INTERNAL_SCOPE_KEY
from callbacks.guard import unexpected
from callbacks.warmup_answers import CANNED, Canned

WARMUP_TIMEOUT_S = 60.0

_LOG = logging.getLogger("ccglm")


async def warm_up(app: App, router: Any, master_key: str) -> bool:
    """Send one streamed and one whole request through the proxy for each kind of dialect.

    Args:
        app: The application as it serves, edge included.
        router: LiteLLM's Router.
        master_key: What a client sends as bearer token.

    Returns:
        Whether every request was answered. A failure is logged and costs the first user some seconds, no more.
    """
    try:
        async with asyncio.timeout(WARMUP_TIMEOUT_S), _canned_server() as port:
            groups = [_add_deployment(router, canned, port) for canned in CANNED]
            try:
                results = [
                    await _ask(app, master_key, path, group, stream=stream)
                    for group, _ in groups
                    for path in ("/v1/messages", "/v1/chat/completions")
                    for stream in (True, False)
                    if path == "/v1/messages" or group.endswith("cerebras")
                ]
            finally:
                for _, deployment_id in groups:
                    router.delete_deployment(id=deployment_id)
    except Exception as error:  # noqa: BLE001  warming up is a courtesy; the proxy serves without it
        unexpected(error, "warming up")
        return False
    cold = [status for status in results if status != 200]
    if cold:
        _LOG.warning("warm-up requests were answered with %s", cold)
    return not cold


def _add_deployment(router: Any, canned: Canned, port: int) -> tuple[str, str]:
    from litellm.types.router import Deployment, LiteLLM_Params

    group = f"ccglm-warmup-{secrets.token_hex(4)}-{canned.provider}"
    facts = {
        "provider": canned.provider,
        "model": "warmup",
        "surface": canned.surface,
        "key_label": "none",
        "context_tokens": 100_000,
        "max_output_tokens": 1_000,
    }
    deployment = Deployment(
        model_name=group,
        litellm_params=LiteLLM_Params(
            model=f"{canned.provider}/warmup",
            api_key="none",
            api_base=f"http://127.0.0.1:{port}{canned.base_path}",
            max_retries=0,
        ),
        model_info={
            "id": group,
            "mode": "chat",
            "input_cost_per_token": 0.0,
            "output_cost_per_token": 0.0,
            "ccglm": facts,
        },
    )
    router.add_deployment(deployment=deployment)
    return group, group


async def _ask(app: App, master_key: str, path: str, group: str, *, stream: bool) -> int:
    """Send one request through the application without a socket and return its status."""
    body = orjson.dumps(
        {
            "model": group,
            "max_tokens": 16,
            "stream": stream,
            "messages": [{"role": "user", "content": "warm up"}],
        }
    )
    scope: Scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"127.0.0.1"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"authorization", f"Bearer {master_key}".encode()),
        ],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
        INTERNAL_SCOPE_KEY: True,
    }
    left = [{"type": "http.request", "body": body, "more_body": False}]
    done = asyncio.Event()
    status = 0

    async def receive() -> Message:
        if left:
            return left.pop()
        await done.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif not message.get("more_body", False):
            done.set()

    await app(scope, receive, send)
    return status


@asynccontextmanager
async def _canned_server() -> AsyncGenerator[int, None]:
    """Serve the canned answers on a free loopback port and yield the port."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = next(
            int(line.split(":", 1)[1])
            for line in head.split("\r\n")
            if line.lower().startswith("content-length:")
        )
        body: Mapping[str, Any] = orjson.loads(await reader.readexactly(length))
        path = head.split(" ", 2)[1]
        canned = next(c for c in CANNED if path.startswith(c.base_path))
        stream = body.get("stream") is True
        kind = "text/event-stream" if stream else "application/json"
        data = canned.stream if stream else canned.whole
        writer.write(
            f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(data)}\r\nconnection: close\r\n\r\n"
            .encode() + data
        )  # fmt: skip
        await writer.drain()
    finally:
        writer.close()
