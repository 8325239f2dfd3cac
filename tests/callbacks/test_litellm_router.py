"""Sending over LiteLLM's connections, and finding its deployments."""

from __future__ import annotations

from typing import Any

import pytest
from litellm import Router  # pyright: ignore[reportPrivateImportUsage]

from callbacks.litellm_router import deployments, sender_to
from tests.helpers.http_server import serve_app


async def echo(scope: Any, receive: Any, send: Any) -> None:
    body = (await receive())["body"]
    key = dict(scope["headers"])[b"authorization"]
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": key + b" " + body})


async def test_bytes_go_to_the_address_with_the_headers() -> None:
    with serve_app(echo) as url:
        upstream = await sender_to("cerebras")(f"{url}/v1", {"authorization": "Bearer k"}, b"{}")
        assert upstream.status_code == 201
        assert await upstream.aread() == b"Bearer k {}"
        await upstream.aclose()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of LiteLLM's own models, at import
def test_the_deployments_are_the_routers_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from litellm.proxy import proxy_server

    monkeypatch.setattr(proxy_server, "llm_router", None)
    assert deployments() == []
    params = {"model": "cerebras/m", "api_key": "the-key", "api_base": "http://c/v1"}
    model = {"model_name": "main", "litellm_params": params, "model_info": {"id": "cerebras/m#1"}}
    monkeypatch.setattr(proxy_server, "llm_router", Router(model_list=[model]))
    (found,) = deployments()
    assert found["model_info"]["id"] == "cerebras/m#1"
    assert found["litellm_params"]["api_key"] == "the-key"
