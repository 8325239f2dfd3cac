"""Which step of a connection fails, over real sockets."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ccglm.doctor.reach import find_obstacle
from ccglm.proxy.ports import free_port


@contextmanager
def listening() -> Generator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_server_that_listens_is_reached() -> None:
    with listening() as port:
        assert find_obstacle(f"http://127.0.0.1:{port}/v1") is None


def test_nobody_listens() -> None:
    obstacle = find_obstacle(f"http://127.0.0.1:{free_port('127.0.0.1')}")
    assert obstacle is not None
    assert (obstacle.step, "connection refused" in obstacle.reason) == ("connection", True)


def test_a_name_that_nobody_knows() -> None:
    for host in ("no-such-host.invalid", "a" * 70 + ".invalid"):
        obstacle = find_obstacle(f"https://{host}/v1")
        assert obstacle is not None
        assert obstacle.step == "name"
        assert host in obstacle.reason


def test_a_server_that_stays_silent_speaks_no_tls() -> None:
    with listening() as port:
        obstacle = find_obstacle(f"https://127.0.0.1:{port}", timeout_s=0.2)
    assert obstacle is not None
    assert (obstacle.step, "no answer in time" in obstacle.reason) == ("encryption", True)


def test_a_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as tls:  # fmt: skip
                try:
                    tls.do_handshake()
                except OSError:
                    return  # the client does not trust us, as it should

        server = threading.Thread(target=serve)
        server.start()
        obstacle = find_obstacle(f"https://localhost:{listener.getsockname()[1]}")
        server.join(timeout=10)
    assert obstacle is not None
    assert obstacle.step == "encryption"
    assert "is not trusted" in obstacle.reason
