"""One cheap request a key, on the surface the proxy uses; the simulator judges it."""

from __future__ import annotations

from typing import Any

import pytest

from ccglm.doctor.provider_calls import CallAnswer, ProviderCall, call_all, calls_of
from ccglm.proxy.ports import free_port
from ccglm.simulator.process import SimulatorProcess
from litellm_config.settings import Settings
from tests.helpers.homes import settings_with
from tests.helpers.http_server import serve_app
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["simulator", "simulator_knobs", "simulator_process"]

VARIABLES = {"CEREBRAS_API_KEY": "csk-1", "ZAI_API_KEY": "zai-1", "ZAI_2": "zai-2"}


def settings_at(cerebras: str, zai: str, **provider: Any) -> Settings:
    providers = {
        "cerebras": {"keys": ["CEREBRAS_API_KEY"], "base_url": cerebras},
        "zai": {"keys": ["ZAI_API_KEY", "ZAI_2"], "base_url": zai, **provider},
    }
    return Settings.model_validate(settings_with(providers=providers))


def a_call(url: str) -> ProviderCall:
    return ProviderCall("zai", "glm-4.7", url, "key-1", "ZAI_API_KEY", {"model": "glm-4.7"})


def ask(url: str, *, timeout_s: float = 5.0) -> CallAnswer:
    return call_all([a_call(url)], timeout_s=timeout_s)[0]


@pytest.mark.parametrize("surface", ["anthropic", "openai", "coding"])
def test_every_key_is_answered_with_a_single_token(
    surface: str, simulator: SimulatorProcess
) -> None:
    settings = settings_at(simulator.cerebras_base, simulator.zai_base, surface=surface)
    answers = call_all(calls_of(settings, VARIABLES))
    assert [(a.call.key_name, a.status, a.answered) for a in answers] == [
        ("CEREBRAS_API_KEY", 200, True),
        ("ZAI_API_KEY", 200, True),
        ("ZAI_2", 200, True),
    ]
    assert all(answer.date is not None for answer in answers)
    log = simulator.log()
    assert {record.surface for record in log} == {"cerebras", f"zai_{surface}"}
    assert all(record.completion_tokens <= 1 for record in log)


def test_providers_without_a_dialect_and_keys_without_a_value_are_left_out() -> None:
    settings = Settings.model_validate({
        "providers": {"zai": {"keys": ["ZAI_API_KEY"]}, "openrouter": {"keys": ["ROUTER"]}},
        "models": {"main": ["openrouter/x", "zai/glm-4.7"]},
    })  # fmt: skip
    calls = calls_of(settings, {"ROUTER": "r", "ZAI_API_KEY": ""})
    assert calls == []
    assert call_all(calls) == []


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        ('{"error":{"code":"1113","message":"no balance"}}', "1113", "no balance"),
        ('{"error":{"code":1113,"message":"no\\n balance"}}', "1113", "no balance"),
        ('{"message":"Wrong API key","code":"wrong_api_key"}', "wrong_api_key", "Wrong API key"),
        (
            '{"error":{"code":"1113","message":"[1113][no balance][20261120]"}}',
            "1113",
            "no balance",
        ),
        ('{"error":"odd"}', "", ""),
        ("[1]", "", ""),
        ("<html>  bad gateway</html>", "", "<html> bad gateway</html>"),
        ("", "", ""),
    ],
)
def test_error_bodies_of_every_shape_are_read(body: str, code: str, said: str) -> None:
    async def server(scope: dict[str, Any], _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 429, "headers": []})
        await send({"type": "http.response.body", "body": body.encode()})

    with serve_app(server) as url:
        answer = ask(url)
    assert (answer.status, answer.code, answer.said) == (429, code, said)


def test_no_answer_is_an_answer() -> None:
    nobody = ask(f"http://127.0.0.1:{free_port('127.0.0.1')}")
    assert (nobody.status, nobody.said) == (0, "connection refused")
    wrong = ask("http://[")
    assert wrong.status == 0


def test_a_provider_that_keeps_one_waiting_is_left_in_time() -> None:
    async def server(scope: dict[str, Any], receive: Any, send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    with serve_app(server) as url:
        assert ask(url, timeout_s=0.3).said == "no answer within 0.3 s"


def test_a_key_that_no_header_can_carry_is_told_by_its_name() -> None:
    call = ProviderCall("zai", "glm-4.7", "http://127.0.0.1:1", "schlüssel€", "ZAI_API_KEY", {})
    (answer,) = call_all([call])
    assert (answer.status, answer.said) == (0, "the key in `ZAI_API_KEY` holds odd characters")


def test_a_date_without_a_zone_says_nothing() -> None:
    async def server(scope: dict[str, Any], _receive: Any, send: Any) -> None:
        headers = [(b"date", b"yesterday")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    with serve_app(server) as url:
        assert ask(url).date is None
