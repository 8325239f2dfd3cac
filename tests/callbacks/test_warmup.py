"""Warming up: real requests through the application, to deployments that exist only meanwhile."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest

from callbacks.edge import INTERNAL_SCOPE_KEY
from callbacks.warmup import warm_up


class Router:
    """The part of LiteLLM's Router that is used."""

    def __init__(self) -> None:
        self.deployments: dict[str, Any] = {}
        self.seen: list[str] = []

    def add_deployment(self, deployment: Any) -> None:
        self.deployments[deployment.model_info.id] = deployment
        self.seen.append(deployment.litellm_params.model)

    def delete_deployment(self, id: str) -> None:  # noqa: A002  LiteLLM's name
        del self.deployments[id]


class App:
    """An application that asks the pretended provider, as the proxy would."""

    def __init__(self, router: Router, status: int = 200) -> None:
        self.requests: list[tuple[str, dict[str, Any], bytes]] = []
        self.answers: list[str] = []
        self._router = router
        self._status = status

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        assert scope[INTERNAL_SCOPE_KEY] is True
        assert dict(scope["headers"])[b"authorization"] == b"Bearer the-master-key"
        body = orjson.loads((await receive())["body"])
        deployment = self._router.deployments[body["model"]]
        base = deployment.litellm_params.api_base
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(f"{base}/anything", json=body)
        self.requests.append((scope["path"], body, answer.content))
        await send({"type": "http.response.start", "status": self._status, "headers": []})
        await send({"type": "http.response.body", "body": answer.content, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        assert (await receive())["type"] == "http.disconnect"


@pytest.mark.filterwarnings("ignore::UserWarning")
async def test_every_kind_of_request_goes_through_once() -> None:
    router = Router()
    app = App(router)
    assert await warm_up(app, router, "the-master-key")
    kinds = {
        (path, body["stream"], body["model"].rpartition("-")[2]) for path, body, _ in app.requests
    }
    assert kinds == {
        ("/v1/messages", True, "cerebras"),
        ("/v1/messages", False, "cerebras"),
        ("/v1/chat/completions", True, "cerebras"),
        ("/v1/chat/completions", False, "cerebras"),
        ("/v1/messages", True, "zai"),
        ("/v1/messages", False, "zai"),
    }
    for _, body, answer in app.requests:
        assert answer.startswith(b"{") is not body["stream"]
    assert router.deployments == {}
    assert router.seen == ["cerebras/warmup", "zai/warmup"]


@pytest.mark.filterwarnings("ignore::UserWarning")
async def test_a_cold_answer_is_no_reason_to_stop() -> None:
    router = Router()
    assert not await warm_up(App(router, status=500), router, "the-master-key")
    assert router.deployments == {}


async def test_a_router_that_refuses_is_no_reason_to_stop() -> None:
    assert not await warm_up(App(Router()), None, "the-master-key")
