"""The edge around an application: contexts, headers, pings, errors, clients that leave."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest

from callbacks.asgi import Message
from callbacks.dialects.causes import Cause, Fault
from callbacks.edge import INTERNAL_SCOPE_KEY, Edge
from callbacks.request_context import RequestContext, current_request, on_finish
from tests.helpers.messages import events_of

Behaviour = Callable[[Any, Any, Any], Awaitable[None]]


def a_scope(path: str = "/v1/messages", **rest: Any) -> dict[str, Any]:
    headers = [(b"authorization", b"Bearer t"), (b"accept-encoding", b"gzip"), (b"x-claude-code-session-id", b"s1")]  # fmt: skip
    return {"type": "http", "method": "POST", "path": path, "headers": headers, **rest}


class Client:
    """The other side of the edge."""

    def __init__(self, body: bytes = b'{"model":"main"}') -> None:
        self.sent: list[Message] = []
        self.left = asyncio.Event()
        self.pinged = asyncio.Event()
        self._body: list[bytes] = [body]

    async def receive(self) -> Message:
        if self._body:
            return {"type": "http.request", "body": self._body.pop(), "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if len(self.sent) > 3:
            self.pinged.set()

    @property
    def status(self) -> int:
        return self.sent[0]["status"]

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(m.get("body", b"") for m in self.sent[1:])


async def respond(send: Any, status: int, body: bytes, *, headers: Any = ()) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def through_edge(app: Behaviour, client: Client, ping_s: float = 10.0, **scope: Any) -> None:
    await Edge(app, ping_s=ping_s)(a_scope(**scope), client.receive, client.send)


def the_request() -> RequestContext:
    context = current_request()
    assert context is not None
    return context


async def test_an_answer_says_who_served_it() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        context = the_request()
        assert context.session_id == "s1"
        assert b"accept-encoding" not in dict(scope["headers"])
        assert (await receive())["body"] == b'{"model":"main"}'
        context.begin_hop("zai/b", "zai/b#1", "ZAI_API_KEY")
        await respond(send, 200, b"hello", headers=[(b"x-a", b"1")])

    client = Client()
    await through_edge(app, client)
    assert (client.status, client.body) == (200, b"hello")
    assert client.headers[b"x-a"] == b"1"
    assert client.headers[b"x-ccglm-served-by"] == b"zai/b"


async def test_an_error_is_worded_and_its_old_length_forgotten() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        hop = the_request().begin_hop("cerebras/a", "cerebras/a#1", "CEREBRAS_API_KEY")
        hop.end("failed", Fault(Cause.REQUEST_QUOTA, "cerebras", "a", "CEREBRAS_API_KEY", "no more", 429, 58.0))  # fmt: skip
        old = [(b"content-length", b"3"), (b"content-encoding", b"gzip"), (b"retry-after", b"900"), (b"x-b", b"2")]  # fmt: skip
        await respond(send, 500, b"old", headers=old)

    client = Client()
    await through_edge(app, client)
    assert client.status == 429
    assert client.headers[b"retry-after"] == b"58"
    assert client.headers[b"x-b"] == b"2"
    assert b"content-encoding" not in client.headers
    assert client.headers[b"content-length"] == str(len(client.body)).encode()
    assert orjson.loads(client.body)["error"]["type"] == "rate_limit_error"


def a_stream(started: asyncio.Event, status: int = 200) -> Behaviour:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        the_request().stream = True
        await started.wait()
        body = b'event: message_stop\ndata: {"type":"message_stop"}\n\n' if status == 200 else b"{}"
        await respond(send, status, body)

    return app


@pytest.mark.parametrize(("status", "last"), [(200, "message_stop"), (500, "error")])
async def test_a_long_silence_opens_the_stream(status: int, last: str) -> None:
    started = asyncio.Event()
    client = Client()
    task = asyncio.create_task(through_edge(a_stream(started, status), client, ping_s=0.01))
    async with asyncio.timeout(5):
        await client.pinged.wait()
    started.set()
    await task
    assert client.status == 200
    assert client.headers[b"content-type"].startswith(b"text/event-stream")
    kinds = [event["type"] for event in events_of(client.body.decode())]
    assert set(kinds[:-1]) == {"ping"}
    assert kinds[-1] == last
    assert [m["type"] for m in client.sent].count("http.response.start") == 1


async def test_an_answer_that_is_no_stream_is_never_opened_early() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(0.05)
        await respond(send, 200, b"{}")

    client = Client()
    await through_edge(app, client, ping_s=0.005)
    assert client.body == b"{}"


async def test_a_marked_name_is_remembered_before_litellm_cuts_it() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        seen.extend((the_request().requested_model, scope["litellm.client_requested_model"]))
        await respond(send, 200, b"")

    await through_edge(app, Client(b'{"model": "main[1m]", "messages": []}'))
    assert seen == ["main[1m]", "main[1m]"]


async def finished_by(app: Behaviour, client: Client, **scope: Any) -> list[RequestContext]:
    finished: list[RequestContext] = []
    on_finish(finished.append)
    await through_edge(app, client, **scope)
    return finished


async def test_a_client_that_leaves_is_noted() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        assert (await receive())["type"] == "http.disconnect"

    client = Client()
    client.left.set()
    (context,) = await finished_by(app, client)
    assert context.client_left
    assert context.duration_ms is not None


async def ok(scope: Any, receive: Any, send: Any) -> None:
    await respond(send, 200, b"")


async def test_the_proxys_own_requests_and_side_questions_are_not_told_of() -> None:
    assert await finished_by(ok, Client(), **{INTERNAL_SCOPE_KEY: True}) == []
    assert await finished_by(ok, Client(), path="/v1/messages/count_tokens") == []
    assert len(await finished_by(ok, Client())) == 1


async def test_other_paths_pass_untouched() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert b"accept-encoding" in dict(scope["headers"])
        await respond(send, 404, b"plain")

    client = Client()
    await through_edge(app, client, path="/health")
    assert (client.status, client.body) == (404, b"plain")


async def test_a_body_that_is_no_object_is_refused() -> None:
    client = Client(b"[1, 2]")
    await through_edge(ok, client)
    assert client.status == 400
    assert orjson.loads(client.body)["type"] == "error"


async def test_a_crash_below_is_an_error_answer() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("secret details")

    client = Client()
    await through_edge(app, client)
    assert client.status == 500
    assert b"secret" not in client.body


async def test_a_cancelled_request_counts_as_left() -> None:
    contexts: list[RequestContext] = []
    arrived = asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        contexts.append(the_request())
        arrived.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(through_edge(app, Client()))
    await arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert contexts[0].client_left
