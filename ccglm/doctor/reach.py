"""Which step of a connection fails: the name, the connection, or the encryption."""

from __future__ import annotations

import os
import socket
import ssl
from typing import Final, NamedTuple
from urllib.parse import urlsplit

CONNECT_TIMEOUT_S: Final = 5.0
_PORTS: Final = {"https": 443, "http": 80, "socks5": 1080, "socks5h": 1080}


class Unreachable(NamedTuple):
    """Why a server cannot be reached."""

    step: str
    """`name`, `connection` or `encryption`."""
    reason: str


def find_obstacle(url: str, *, timeout_s: float = CONNECT_TIMEOUT_S) -> Unreachable | None:
    """Connect to the server of a URL and say what was in the way; None when nothing was.

    Args:
        url: Address of a server, or of a proxy.
        timeout_s: Longest time for each step but the name, which the system limits.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return Unreachable("name", f"the name `{host}` is not known: {_reason(error)}")
    obstacle = None
    for family, kind, protocol, _, address in found:
        with socket.socket(family, kind, protocol) as connection:
            connection.settimeout(timeout_s)
            try:
                connection.connect(address)
            except OSError as error:
                obstacle = Unreachable("connection", f"{host}:{port}: {_reason(error)}")
                continue
            return _tls_obstacle(connection, host) if parts.scheme == "https" else None
    return obstacle


def _tls_obstacle(connection: socket.socket, host: str) -> Unreachable | None:
    try:
        with ssl.create_default_context().wrap_socket(connection, server_hostname=host):
            return None
    except ssl.SSLCertVerificationError as error:
        return Unreachable(
            "encryption", f"the certificate of {host} is not trusted: {error.verify_message}"
        )
    except OSError as error:
        return Unreachable("encryption", f"{host} does not speak TLS there: {_reason(error)}")


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, socket.gaierror):
        return str(error.strerror).lower()
    if isinstance(error, ssl.SSLError):
        return (error.reason or str(error)).lower().replace("_", " ")
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno).lower()
    return str(error).lower()
