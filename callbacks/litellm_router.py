"""What LiteLLM's Router and its connection pools are asked for beside requests: the deployments, and a way to send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callbacks.exchange import Send
from callbacks.litellm_seam import provider_client
from callbacks.upstream import HttpUpstream, post


def sender_to(provider: str) -> Send:
    """Return what posts to a provider over the connections its requests use."""

    async def send(url: str, headers: Mapping[str, str], body: bytes) -> HttpUpstream:
        return await post(provider_client(provider), url, headers, body)

    return send


def deployments() -> list[Mapping[str, Any]]:
    """Return LiteLLM's deployments with their keys; empty before its Router is there."""
    from litellm.proxy import proxy_server

    router: Any = proxy_server.llm_router
    return [] if router is None else list(router.model_list)
