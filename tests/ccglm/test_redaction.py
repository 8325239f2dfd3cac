"""No secret is left in a text, and what is no secret stays readable."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.redaction import HIDDEN, Redactor, known_secrets

KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]), min_size=8)


@given(secret=KEYS, before=st.text(), after=st.text())
def test_a_known_secret_is_never_left(secret: str, before: str, after: str) -> None:
    redactor = Redactor({secret: "X"})
    for text in (secret, json.dumps({"k": secret}), quote(secret, safe="")):
        for hidden in (redactor.hide_known(text), redactor.hide_all(before + text + after)):
            # A secret may be part of what stands around it by chance: count, do not search.
            assert secret not in hidden.replace("<X>", "") or secret in before + "\0" + after


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    redactor = Redactor({})
    assert isinstance(redactor.hide_all(text), str)
    assert redactor.hide_known(redactor.hide_known(text)) == redactor.hide_known(text)


def test_the_longer_of_two_secrets_is_hidden_whole() -> None:
    redactor = Redactor({"abcdefgh": "SHORT", "abcdefgh-and-more": "LONG"})
    assert redactor.hide_known("abcdefgh-and-more abcdefgh") == "<LONG> <SHORT>"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("sent csk-0123456789abcdef to it", f"sent {HIDDEN} to it"),
        ("sk-ant-oat01-abcdefgh_ijk", HIDDEN),
        ("0123456789abcdef0123456789abcdef.AbCdEfGh12", HIDDEN),
        ("Authorization: Bearer abcd1234", f"Authorization: Bearer {HIDDEN}"),
        ("https://me:pass@proxy.example:1/x", f"https://{HIDDEN}@proxy.example:1/x"),
        ("ghp_0123456789abcdef", HIDDEN),
    ],
)
def test_the_shapes_of_keys_are_hidden_everywhere(text: str, hidden: str) -> None:
    assert Redactor({}).hide_known(text) == hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("api_key: s3cret!", f"api_key: {HIDDEN}"),
        ('"client_secret": "very secret words"', f'"client_secret": {HIDDEN}'),
        ("password=hunter2;", f"password={HIDDEN};"),
        ("X-Api-Key: 'abc def'", f"X-Api-Key: {HIDDEN}"),
        ("id 5f2a9c1be07d4436a8b1c2d3 done", f"id {HIDDEN} done"),
        ("DB_PASSWD=a.b.c", f"DB_PASSWD={HIDDEN}"),
    ],
)
def test_what_is_named_like_a_secret_or_looks_random_is_hidden_from_others(
    text: str, hidden: str
) -> None:
    assert Redactor({}).hide_all(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "max_tokens: 4096",
        "keys:\n  - ZAI_API_KEY",
        "input_tokens=12,345",
        "api_key: os.environ/CEREBRAS_API_KEY",
        "  cerebras: {keys: [CEREBRAS_API_KEY]}",
        "keys: [CEREBRAS_API_KEY, CEREBRAS_API_KEY_2]",
        "api_key: null",
        "master_key: ${CCGLM_MASTER_KEY}",
        "cerebras/qwen-3-235b-a22b-instruct-2507, then zai/glm-4.7",
        "2026-11-20T12:00:00+00:00 WARNING: the key in `ZAI_API_KEY` is busy",
        "CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL=1",
        "/usr/lib/python3.11/site-packages/litellm/proxy/proxy_server.py",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor({}).hide_all(text) == text


def test_secrets_are_known_by_the_names_of_variables() -> None:
    known = known_secrets(
        {"CEREBRAS_API_KEY": "csk-12345678", "PATH": "/usr/bin:/bin", "SHORT_KEY": "x"},
        {"OTHER_TOKEN": "csk-12345678", "DB_PASSWORD": "hunter22", "MAX_TOKENS": "131072"},
    )
    assert known == {"csk-12345678": "CEREBRAS_API_KEY", "hunter22": "DB_PASSWORD"}


def test_short_values_are_not_hidden_everywhere() -> None:
    assert Redactor({"x": "A", "": "B"}).hide_known("x and y") == "x and y"
