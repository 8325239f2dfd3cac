"""The types are what applications are written against."""

from __future__ import annotations

from callbacks.asgi import App, Message, Receive, Scope, Send


async def test_a_plain_function_is_an_application() -> None:
    async def plain(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": scope["type"], "got": (await receive())["type"]})

    async def receive() -> Message:
        return {"type": "http.request"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    app: App = plain
    await app({"type": "http"}, receive, send)
    assert sent == [{"type": "http", "got": "http.request"}]
