"""The edge of the proxy: an ASGI layer around LiteLLM that keeps what a client is told honest and early.

It starts the request's context, adds who served it, words errors, and when a stream has been silent for `ping_s`
before its first byte it opens the answer and sends pings, so that the client and anything between do not give up;
the Router goes on falling back behind it. It holds nothing between requests.
"""

from __future__ import annotations

import asyncio
import re

from callbacks.asgi import App, Message, Receive, Scope, Send
from callbacks.dialects.causes import Verdict
from callbacks.error_answers import (
    as_body,
    as_event,
    context_headers,
    error_headers,
    request_id_header,
    verdict_for,
)
from callbacks.guard import unexpected
from callbacks.request_body import mended, replayed, whole_body
from callbacks.request_context import RequestContext, begin_request
from callbacks.translate.pacing import PING

INTERNAL_SCOPE_KEY = "ccglm.internal"

_SERVED_PATHS = frozenset(("/v1/messages", "/v1/chat/completions", "/chat/completions"))
# Asked beside the requests that count: only their errors are put into words.
_SIDE_PATHS = frozenset(("/v1/messages/count_tokens", "/v1/models", "/models"))
_PATHS = _SERVED_PATHS | _SIDE_PATHS
# LiteLLM repeats our sentence in headers of its own making, and lengths change with the body.
_DROPPED_HEADERS = frozenset(
    (b"content-length", b"content-encoding", b"retry-after", b"x-litellm-model-api-base")
)
# LiteLLM cuts `[1m]` off a name it knows before any hook sees it; the answer must echo it all the same.
_MARKED_MODEL = re.compile(rb'"model"\s*:\s*"([^"\\]*\[1m\])"', re.IGNORECASE)
_HEAD_BYTES = 4096
_REQUESTED_MODEL_KEY = "litellm.client_requested_model"

# Where LiteLLM looks for the client's token.
_CREDENTIALS = frozenset(("authorization", "x-api-key", "api-key", "x-goog-api-key"))
_NO_OBJECT = "the body is not a JSON object"
_EVENT_STREAM = (b"content-type", b"text/event-stream; charset=utf-8")
_EARLY_HEADERS = [
    _EVENT_STREAM,
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


class Edge:
    """The layer around LiteLLM's application."""

    def __init__(self, app: App, *, ping_s: float) -> None:
        """Wrap an application.

        Args:
            app: LiteLLM's application.
            ping_s: Silence before the first byte of a stream after which it is opened with a ping, in seconds.
        """
        self._app = app
        self._ping_s = ping_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, connection or lifespan."""
        if scope["type"] != "http" or scope["path"] not in _PATHS:
            await self._app(scope, receive, send)
            return
        # Between here and the client is a socket of this machine; compressing costs time and hides error texts.
        scope["headers"] = [h for h in scope["headers"] if h[0] != b"accept-encoding"]
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        internal = scope.get(INTERNAL_SCOPE_KEY) is True or scope["path"] in _SIDE_PATHS
        context = begin_request(scope["path"], headers, internal=internal)
        answer = _Answer(context, send, self._ping_s)
        try:
            body = await whole_body(receive)
            if body is None:
                context.client_left = True
            elif scope["method"] == "POST" and not body.lstrip().startswith(b"{"):
                await answer.refuse(_NO_OBJECT)
            else:
                mended_receive = replayed(mended(body), receive)
                await self._app(scope, answer.watched(mended_receive, scope), answer.send)
        except asyncio.CancelledError:
            context.client_left = True
            raise
        except Exception as error:  # LiteLLM's own error handling fails on some requests
            unexpected(error, "serving a request in LiteLLM")
            if not await answer.give_up(401 if _CREDENTIALS.isdisjoint(headers) else 500):
                raise
        finally:
            answer.close()
            context.finish()


class _Answer:
    """The answer to one request on its way to the client."""

    def __init__(self, context: RequestContext, send: Send, ping_s: float) -> None:
        self._context = context
        self._send = send
        self._ping_s = ping_s
        self._started = False
        self._opened_early = False
        self._failed_status: int | None = None
        self._error_headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._done = False
        self._pings = asyncio.create_task(self._ping_until_started())

    def watched(self, receive: Receive, scope: Scope) -> Receive:
        """Return `receive`, noting what LiteLLM would hide: a marked model name, and that the client left."""

        async def watch() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect" and not self._done:
                self._context.client_left = True
            elif marked := _MARKED_MODEL.search(message.get("body", b""), 0, _HEAD_BYTES):
                name = marked[1].decode("utf-8", "replace")
                scope[_REQUESTED_MODEL_KEY] = self._context.requested_model = name
            return message

        return watch

    async def send(self, message: Message) -> None:
        """Pass on one message of LiteLLM's."""
        if message["type"] == "http.response.start":
            await self._start(message)
        elif message["type"] == "http.response.body":
            await self._pass_body(message)
        else:
            await self._send(message)

    async def refuse(self, message: str) -> None:
        """Refuse the request as one that is none."""
        self._context.refusal = Verdict(
            400, "invalid_request_error", message, None, should_retry=False
        )
        await self.give_up(400)

    async def give_up(self, status: int) -> bool:
        """Answer with an error in LiteLLM's stead; False when an answer has begun already."""
        if self._started:
            return False
        self._pings.cancel()
        self._started = self._done = True
        await self._send_error(status)
        return True

    def close(self) -> None:
        """Stop what is still running for this answer."""
        self._pings.cancel()

    async def _start(self, message: Message) -> None:
        self._pings.cancel()
        self._started = True
        status = message["status"]
        if status >= 400:
            self._failed_status = status
            self._error_headers = list(message.get("headers", []))
            return
        self._context.status = status
        self._context.mark_first_byte()
        if self._opened_early:
            return
        headers = [*message.get("headers", []), *context_headers(self._context)]
        await self._send({**message, "headers": headers})

    async def _pass_body(self, message: Message) -> None:
        last = not message.get("more_body", False)
        if self._failed_status is not None:
            self._body.append(message.get("body", b""))
            if last:
                self._done = True
                await self._send_error(self._failed_status)
            return
        self._done = self._done or last
        await self._send(message)

    async def _send_error(self, status: int) -> None:
        context = self._context
        verdict = verdict_for(context, status, b"".join(self._body))
        context.status = verdict.status
        context.error_type = verdict.error_type
        if self._opened_early:
            await self._send({"type": "http.response.body", "body": as_event(verdict, context)})
            return
        body = as_body(verdict, context)
        kept = [h for h in self._error_headers if h[0].lower() not in _DROPPED_HEADERS]
        headers = [
            *(h for h in kept if h[0].lower() != b"content-type"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            *error_headers(verdict),
            *context_headers(context),
        ]
        start = {"type": "http.response.start", "status": verdict.status, "headers": headers}
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})

    async def _ping_until_started(self) -> None:
        """Open the stream after a long silence, and keep it open."""
        while True:
            await asyncio.sleep(self._ping_s)
            if not self._context.stream or self._context.path != "/v1/messages":
                continue
            if not self._opened_early:
                self._opened_early = True
                headers = [*_EARLY_HEADERS, request_id_header(self._context)]
                await self._send({"type": "http.response.start", "status": 200, "headers": headers})
            await self._send({"type": "http.response.body", "body": PING, "more_body": True})
