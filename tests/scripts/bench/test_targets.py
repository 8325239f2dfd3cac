"""Targets are read from the command line and start without anything of the user's."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.bench.targets import child_environment, direct, parse_peer


def test_a_peer_is_name_url_token_and_perhaps_pid() -> None:
    peer = parse_peer("ccr=http://127.0.0.1:1/,secret,42")
    assert (peer.name, peer.url, peer.token, peer.pid) == ("ccr", "http://127.0.0.1:1", "secret", 42)  # fmt: skip
    assert parse_peer("x=http://h,t").pid is None


@pytest.mark.parametrize("text", ["", "x", "x=u", "=u,t", "x=u,t,1,2"])
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="NAME=URL,TOKEN"):
        parse_peer(text)


def test_the_provider_itself_is_asked_for_chat_completions() -> None:
    target = direct("http://127.0.0.1:5/v1")
    assert (target.url, target.shape.path) == ("http://127.0.0.1:5", "/v1/chat/completions")


def test_children_get_no_key_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CEREBRAS_API_KEY", "real")
    assert "CEREBRAS_API_KEY" not in child_environment(tmp_path)
