"""Only a ccglm proxy's answer counts, and only the right run's."""

import json
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ccglm.proxy.ports import free_port
from ccglm.proxy.readiness import Readiness, ask_ready, is_answering
from tests.helpers.http_server import serve_app
from tests.helpers.launches import a_record

Send = Callable[[dict[str, Any]], Awaitable[None]]


def answering(body: bytes, status: int = 200) -> Any:
    async def app(scope: dict[str, Any], _receive: Any, send: Send) -> None:
        assert scope["path"] == "/ccglm/ready"
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": body})

    return app


GOOD = {"run_id": "run-1", "pid": 77, "ready": True, "warm": False, "version": "0.1.0"}


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def test_the_answer_is_read() -> None:
    with serve_app(answering(json.dumps(GOOD).encode())) as address:
        ready = ask_ready("0.0.0.0", port_of(address))
        assert ready == Readiness("run-1", 77, ready=True, warm=False, version="0.1.0")
        assert is_answering(a_record(port=port_of(address))) == ready
        assert is_answering(a_record(port=port_of(address), run_id="another")) is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'{"run_id": "x"}', b"\xff"])
def test_somebody_elses_answer_is_none(body: bytes) -> None:
    with serve_app(answering(body)) as address:
        assert ask_ready("127.0.0.1", port_of(address)) is None


def test_nobody_there_is_none() -> None:
    assert ask_ready("127.0.0.1", free_port("127.0.0.1")) is None


def test_a_server_that_says_nothing_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert ask_ready("127.0.0.1", listener.getsockname()[1], timeout_s=0.1) is None


def test_a_server_that_does_not_speak_http_is_none() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def chat() -> None:
            connection, _ = listener.accept()
            connection.recv(1000)
            connection.sendall(b"220 mail.example ESMTP\r\n")
            connection.close()

        thread = threading.Thread(target=chat)
        thread.start()
        assert ask_ready("127.0.0.1", listener.getsockname()[1]) is None
        thread.join()
