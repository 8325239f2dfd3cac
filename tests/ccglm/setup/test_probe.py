"""Providers are asked for their models, all at once, and every failure is an answer."""

import asyncio
import json
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ccglm.proxy.ports import free_port
from ccglm.setup.probe import ProbeTarget, probe_all, probe_target
from litellm_config.settings import ProviderSettings
from tests.helpers.http_server import serve_app

Send = Callable[[dict[str, Any]], Awaitable[None]]


def provider(status: int, body: str, *, delay_s: float = 0.0, key: str = "good") -> Any:
    """Return a provider that answers so to whoever brings the key."""

    async def app(scope: dict[str, Any], _receive: Any, send: Send) -> None:
        headers = dict(scope["headers"])
        right = headers[b"authorization"] == f"Bearer {key}".encode()
        await asyncio.sleep(delay_s)
        code = status if right else 401
        await send({"type": "http.response.start", "status": code, "headers": []})
        await send({"type": "http.response.body", "body": body.encode()})

    return app


MODELS = json.dumps({"object": "list", "data": [{"id": "glm-4.7"}, {"id": "glm-4.5-air"}]})


def target(url: str, key: str = "good") -> ProbeTarget:
    return ProbeTarget("zai", f"{url}/models", key, "ZAI_API_KEY")


def test_the_models_are_listed() -> None:
    with serve_app(provider(200, MODELS)) as url:
        (answer,) = probe_all([target(url)])
    assert answer.models == {"glm-4.7", "glm-4.5-air"}
    assert answer.problem is None


def test_a_refused_key_is_told_apart() -> None:
    with serve_app(provider(200, MODELS)) as url:
        (answer,) = probe_all([target(url, key="secret-wrong-key")])
    assert answer.key_refused
    assert answer.problem == "zai refuses the key in `ZAI_API_KEY`"


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (500, "", "zai answered 500: no reason given"),
        (404, "{\"error\":\n \"x\"}", "zai answered 404: {\"error\": \"x\"}"),
        (200, "<html>", "zai answered something that is no model list"),
        (200, '{"data": 3}', "zai answered something that is no model list"),
        (200, '[{"id": "x"}]', "zai answered something that is no model list"),
    ],
)  # fmt: skip
def test_another_answer_is_a_problem(status: int, body: str, problem: str) -> None:
    with serve_app(provider(status, body)) as url:
        (answer,) = probe_all([target(url)])
    assert answer.models is None
    assert not answer.key_refused
    assert (answer.problem or "").startswith(problem)


def test_nobody_there_is_a_problem() -> None:
    (answer,) = probe_all([target(f"http://127.0.0.1:{free_port('127.0.0.1')}")])
    assert answer.problem is not None
    assert "could not be reached" in answer.problem


@pytest.mark.parametrize("url", ["not a url", "http://", "http://[::1", "ftp://127.0.0.1"])
def test_an_address_that_is_none_is_a_problem(url: str) -> None:
    (answer,) = probe_all([target(url)])
    assert answer.problem is not None


def test_a_silent_provider_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        (answer,) = probe_all(
            [target(f"http://127.0.0.1:{listener.getsockname()[1]}")], timeout_s=0.2
        )
    assert answer.problem == "zai did not answer within 0.2 s"


def test_providers_are_asked_at_once() -> None:
    with serve_app(provider(200, MODELS, delay_s=0.3)) as url:
        began = time.monotonic()
        answers = probe_all([target(url) for _ in range(8)])
        waited_s = time.monotonic() - began
    assert all(answer.models for answer in answers)
    assert waited_s < 8 * 0.3


def test_a_key_that_cannot_be_sent_is_a_problem() -> None:
    with serve_app(provider(200, MODELS)) as url:
        (answer,) = probe_all([target(url, key="schlüssel")])
    assert answer.problem == "the key in `ZAI_API_KEY` holds characters that no key has"


def test_nobody_to_ask_is_no_answer() -> None:
    assert probe_all([]) == []


@pytest.mark.parametrize(
    ("name", "settings", "url"),
    [
        ("cerebras", {}, "https://api.cerebras.ai/v1/models"),
        ("cerebras", {"base_url": "http://127.0.0.1:9/v1"}, "http://127.0.0.1:9/v1/models"),
        ("zai", {}, "https://api.z.ai/api/paas/v4/models"),
        ("zai", {"surface": "coding"}, "https://api.z.ai/api/coding/paas/v4/models"),
        ("zai", {"base_url": "http://h/api/anthropic"}, "http://h/api/paas/v4/models"),
    ],
)
def test_the_list_is_where_the_provider_keeps_it(
    name: str, settings: dict[str, str], url: str
) -> None:
    provider_settings = ProviderSettings.model_validate({"keys": ["K"], **settings})
    found = probe_target(name, provider_settings, "K", "k")
    assert found is not None
    assert found.url == url


def test_a_provider_without_a_dialect_is_not_asked() -> None:
    assert probe_target("openrouter", ProviderSettings(keys=("K",)), "K", "k") is None
