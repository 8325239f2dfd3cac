"""Error bodies of every known shape."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks.dialects.error_body import (
    MAX_DETAIL_CHARS,
    ErrorBody,
    clean,
    read_error_body,
    reset_time,
    retry_after_s,
    stated_lengths,
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            '{"message":"Wrong API key","type":"invalid_request_error","param":"api_key","code":"wrong_api_key"}',
            ErrorBody("Wrong API key", "invalid_request_error", "wrong_api_key", "api_key"),
        ),
        (
            '{"error":{"code":"1302","message":"Rate limit reached for requests"}}',
            ErrorBody("Rate limit reached for requests", "", "1302"),
        ),
        ('{"error":{"code":1302,"message":"m"}}', ErrorBody("m", "", "1302")),
        (
            '{"type":"error","error":{"type":"overloaded_error","code":"1305","message":"[1305][busy][20261120]"}}',
            ErrorBody("busy", "overloaded_error", "1305"),
        ),
        ('{"error":{"message":"[1261][prompt is too long][x]"}}', ErrorBody("prompt is too long", "", "1261")),
        ('{"error":"plain"}', ErrorBody("plain")),
        ('{"detail":"Model \'x\' not found"}', ErrorBody("Model 'x' not found")),
        (
            "<html><head><title>502 Bad&nbsp;Gateway</title></head><body>x</body></html>",
            ErrorBody("502 Bad Gateway", is_html=True),
        ),
        ("", ErrorBody()),
        ("[]", ErrorBody()),
        ('"just text"', ErrorBody("just text")),
        ("upstream connect error\n\n", ErrorBody("upstream connect error")),
    ],
)  # fmt: skip
def test_a_body_is_readable(body: str, expected: ErrorBody) -> None:
    assert read_error_body(body) == expected
    assert read_error_body(body.encode()) == expected


@pytest.mark.parametrize(
    "secret",
    ["sk-ccglm-0123456789abcdef", "csk-aaaabbbbccccdddd", "0123456789abcdef0123456789abcdef.AbCdEfGh12345678"],
)  # fmt: skip
def test_keys_never_show(secret: str) -> None:
    assert secret not in clean(f"refused {secret}, sorry")
    assert secret not in clean(f"Authorization: Bearer {secret}")


def test_paths_of_the_machine_never_show() -> None:
    assert clean('File "/usr/lib/python3.11/site.py", line 3') == 'File "(a path)", line 3'


@given(st.text())
def test_a_cleaned_text_is_one_short_line(text: str) -> None:
    shown = clean(text)
    assert len(shown) <= MAX_DETAIL_CHARS
    assert shown.isprintable()
    assert shown == shown.strip()


@given(st.binary())
def test_any_bytes_can_be_read(body: bytes) -> None:
    assert isinstance(read_error_body(body), ErrorBody)


def test_reset_times_are_beijing_times() -> None:
    found = reset_time("Your limit will reset at 2026-11-21 06:28:10")
    assert found == datetime(2026, 11, 21, 6, 28, 10, tzinfo=timezone(timedelta(hours=8)))
    assert reset_time("soon") is None
    assert reset_time("2026-13-41 06:28:10") is None


def test_lengths_are_read_from_the_wording() -> None:
    text = "Please reduce the length of the messages or completion. Current length is 140000 while limit is 131072"
    assert stated_lengths(text) == (140000, 131072)
    assert stated_lengths("too long") is None


@pytest.mark.parametrize(
    ("value", "expected"), [("58", 58.0), ("1.5", 1.5), ("soon", None), ("-1", None), ("inf", None)]
)
def test_retry_after_is_a_number_of_seconds(value: str, expected: float | None) -> None:
    assert retry_after_s({"retry-after": value}) == expected
