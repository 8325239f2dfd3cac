"""Environment variables that lead connections elsewhere: proxies and certificates. Pure."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

PROXY_VARIABLES: Final = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
CERTIFICATE_FILES: Final = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
)
CERTIFICATE_FOLDERS: Final = ("SSL_CERT_DIR",)
PROXY_SCHEMES: Final = ("http", "https", "socks5", "socks5h")
"""What the HTTP library behind LiteLLM takes (httpx 0.28)."""


def proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the proxy variables that are set, under the names they are set by."""
    return {
        name: value.strip()
        for name, value in environment.items()
        if name.upper() in PROXY_VARIABLES and value.strip()
    }


def proxy_mistake(value: str) -> str:
    """Return what is wrong with the value of a proxy variable; "" when nothing is.

    The value itself is not in the answer: it may hold a password.
    """
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not an address"
    if "://" not in value or parts.scheme.lower() not in PROXY_SCHEMES:
        return "does not begin with `http://`, `https://` or `socks5://`"
    return "" if host else "names no host"


def proxy_for(url: str, environment: Mapping[str, str]) -> str | None:
    """Return the proxy that requests to a URL go through; None when they go directly."""
    parts = urlsplit(url)
    upper = {name.upper(): value for name, value in proxies(environment).items()}
    found = upper.get(f"{parts.scheme.upper()}_PROXY") or upper.get("ALL_PROXY")
    return None if not found or is_exempt(parts.hostname or "", environment) else found


def is_exempt(host: str, environment: Mapping[str, str]) -> bool:
    """Return whether `NO_PROXY` takes a host out of what goes through a proxy."""
    text = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    return any(_matches(host.lower(), entry.strip().lower()) for entry in text.split(","))


def _matches(host: str, entry: str) -> bool:
    if not entry:
        return False
    if entry in ("*", host):
        return True
    if "/" in entry:
        try:
            return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    bare = entry.removeprefix("*").removeprefix(".").partition(":")[0]
    return bool(bare) and (host == bare or host.endswith(f".{bare}"))
