"""Which connections a proxy variable leads away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.doctor.network_variables import is_exempt, proxies, proxy_for, proxy_mistake


@pytest.mark.parametrize(
    ("value", "mistake"),
    [
        ("http://proxy:3128", ""),
        ("https://user:pass@proxy.example:3128", ""),
        ("socks5h://127.0.0.1:1080", ""),
        ("proxy:3128", "does not begin with"),
        ("ftp://proxy", "does not begin with"),
        ("http://", "names no host"),
        ("http://proxy:port", "is not an address"),
        ("http://[::1", "is not an address"),
    ],
)
def test_mistakes_in_a_proxy_address(value: str, mistake: str) -> None:
    found = proxy_mistake(value)
    assert found.startswith(mistake) if mistake else found == ""


@given(st.text())
def test_any_value_is_judged_without_repeating_it(value: str) -> None:
    mistake = proxy_mistake(value)
    assert mistake == "" or len(value) < 2 or value not in mistake or value in "http://socks5://"


@pytest.mark.parametrize(
    ("no_proxy", "host", "exempt"),
    [
        ("", "127.0.0.1", False),
        ("*", "127.0.0.1", True),
        ("localhost,127.0.0.1", "127.0.0.1", True),
        ("localhost", "127.0.0.1", False),
        ("127.0.0.0/8", "127.0.0.1", True),
        ("10.0.0.0/8", "127.0.0.1", False),
        ("10.0.0.0/8", "api.z.ai", False),
        (" .z.ai ", "api.z.ai", True),
        ("*.z.ai", "api.z.ai", True),
        ("z.ai", "api.z.ai", True),
        ("z.ai", "notz.ai", False),
        ("api.z.ai:443", "api.z.ai", True),
        ("Z.AI", "api.z.ai", True),
    ],
)
def test_what_no_proxy_takes_out(no_proxy: str, host: str, exempt: bool) -> None:
    assert is_exempt(host, {"NO_PROXY": no_proxy}) is exempt
    assert is_exempt(host, {"no_proxy": no_proxy}) is exempt


def test_the_scheme_chooses_the_proxy() -> None:
    environment = {"https_proxy": "http://a:1", "ALL_PROXY": "http://b:2", "PATH": "/bin"}
    assert proxies(environment) == {"https_proxy": "http://a:1", "ALL_PROXY": "http://b:2"}
    assert proxy_for("https://api.z.ai", environment) == "http://a:1"
    assert proxy_for("http://api.z.ai", environment) == "http://b:2"
    assert proxy_for("https://api.z.ai", {**environment, "NO_PROXY": "z.ai"}) is None
    assert proxy_for("https://api.z.ai", {}) is None


def test_empty_variables_count_as_unset() -> None:
    assert proxies({"HTTP_PROXY": " "}) == {}
