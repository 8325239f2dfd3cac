"""The cuts through a real proxy: what is skipped is not missed, and what the user adds brings it back."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from callbacks import litellm_lean, litellm_shortcuts
from callbacks.litellm_route import Shortened
from ccglm.simulator.process import SimulatorProcess, start_simulator
from tests.helpers.live_proxy import DEFAULT_SETTINGS, LiveProxy, start_live_proxy

BODY: dict[str, Any] = {
    "model": "opus",
    "max_tokens": 64,
    "stream": True,
    "messages": [{"role": "user", "content": "say hello"}],
}
WATCH = """
from pathlib import Path
from litellm.integrations.custom_logger import CustomLogger


class Watch(CustomLogger):
    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        told = kwargs["standard_logging_object"]
        with Path(__file__).with_suffix(".log").open("a") as log:
            log.write(f"{told['model_group']} {told['total_tokens'] > 0} {told['response_cost'] > 0}\\n")


watch = Watch()
"""


@pytest.fixture(autouse=True)
def undecided() -> Generator[None]:
    litellm_lean.unsettle()
    yield
    litellm_lean.unsettle()


def test_a_config_that_cannot_be_read_turns_the_cuts_off(tmp_path: Path) -> None:
    litellm_shortcuts.settle(tmp_path / "none.yaml")
    assert not litellm_lean.is_lean()


def test_the_application_is_served_behind_the_short_way() -> None:
    assert isinstance(litellm_shortcuts.install(FastAPI()), Shortened)


def ask(proxy: LiveProxy, **headers: str) -> httpx.Response:
    sent = {**proxy.headers, **headers}
    return httpx.post(f"{proxy.url}/v1/messages", json=BODY, headers=sent, timeout=30.0)


@pytest.fixture(scope="module")
def simulator() -> Generator[SimulatorProcess]:
    with start_simulator(models="legacy_glm", think="never") as process:
        yield process


@pytest.mark.proxy
def test_the_short_way_answers_as_the_whole_way_does(simulator: SimulatorProcess) -> None:
    with start_live_proxy(
        DEFAULT_SETTINGS, cerebras_base=simulator.cerebras_base, zai_base=simulator.zai_base
    ) as proxy:
        short = ask(proxy)
        whole = ask(proxy, origin="https://a.example")  # CORS is for the whole way
        wrong = httpx.post(
            f"{proxy.url}/v1/messages", json=BODY, headers={"x-api-key": "sk-wrong"}, timeout=30.0
        )
        log = proxy.log
    assert short.status_code == whole.status_code == 200
    assert "x-frame-options" in whole.headers, "this request was to take the whole way"
    assert "x-frame-options" not in short.headers, "the short way was not taken"
    for name in ("content-type", "x-litellm-model-id", "x-ccglm-request-id"):
        assert (name in short.headers) == (name in whole.headers), name
    assert short.headers["x-litellm-model-id"] == whole.headers["x-litellm-model-id"]
    assert short.text.count("event: message_stop") == whole.text.count("event: message_stop") == 1
    assert wrong.status_code == 401
    assert wrong.json()["error"]["type"] == "authentication_error"
    assert "whole way" not in log


@pytest.mark.proxy
def test_a_logger_of_the_users_is_told_of_every_answer(
    simulator: SimulatorProcess, tmp_path: Path
) -> None:
    (tmp_path / "users_watch.py").write_text(WATCH)
    names = ["callbacks.entrypoint.proxy_hooks", "users_watch.watch"]
    settings = {**DEFAULT_SETTINGS, "litellm": {"litellm_settings": {"callbacks": names}}}
    with start_live_proxy(
        settings,
        cerebras_base=simulator.cerebras_base,
        zai_base=simulator.zai_base,
        environment={"PYTHONPATH": str(tmp_path)},
    ) as proxy:
        answer = ask(proxy)
        log = proxy.log
    assert answer.status_code == 200
    assert "requests take LiteLLM's whole way: litellm_settings.callbacks" in log
    told = (tmp_path / "users_watch.log").read_text().splitlines()
    assert "main True True" in told
