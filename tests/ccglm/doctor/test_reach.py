"""Which step of a connection fails, over real sockets."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

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


def a_certificate(folder: Path) -> Path:
    """Write a certificate for localhost, vouched for by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *form)
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(a_certificate(tmp_path))
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
