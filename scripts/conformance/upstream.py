"""The provider's side: what the simulator shall say, and what the gateway sent it.

Talks to the control port of `ccglm/simulator`, started by the harness or already up.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any, Self

import httpx

from scripts.conformance.reply import Json
from scripts.conformance.sent import Sent

SETTLE_TIMEOUT_S = 3.0


class Upstream:
    """The simulator's control port; an async context manager that owns one connection.

    Args:
        control_url: Address of the control port.
        knobs: Knobs that hold during every case.
    """

    def __init__(self, control_url: str, knobs: Mapping[str, Any]) -> None:
        self.base_knobs = dict(knobs)
        self._http = httpx.AsyncClient(base_url=control_url, timeout=10.0, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._http.aclose()

    async def reset(self) -> None:
        """Forget requests, scripts, scenarios and counts; set the base knobs."""
        await self._post("/__ctl/reset", {})
        await self.turn(**self.base_knobs)

    async def turn(self, **knobs: Any) -> None:
        """Turn knobs; a guess is named `guess.NAME`, so pass those as a dictionary."""
        if knobs:
            await self._post("/__ctl/knobs", knobs)

    async def script(self, *replies: Json) -> None:
        """Queue what the model says next."""
        await self._post("/__ctl/script", {"replies": list(replies)})

    async def scenario(self, name: str, **options: Any) -> None:
        """Arm a fault: `times`, `after`, `params`, `match` as the simulator knows them."""
        await self._post("/__ctl/scenario", {"name": name, **options})

    async def log(self) -> list[Sent]:
        """Return every model request since the reset, oldest first.

        Waits for answers that are still being written, but not for ever: one that a gateway has read enough of
        may stay open behind it.
        """
        deadline = time.monotonic() + SETTLE_TIMEOUT_S
        while True:
            entries = await self._entries()
            if all(sent.finished for sent in entries) or time.monotonic() > deadline:
                return entries
            await asyncio.sleep(0.01)

    async def log_now(self) -> list[Sent]:
        """Return every model request since the reset, also those under way."""
        return await self._entries()

    async def _entries(self) -> list[Sent]:
        response = await self._http.get("/__ctl/log")
        response.raise_for_status()
        entries: list[Json] = response.json()
        return [
            Sent(e)
            for e in entries
            if e["method"] == "POST" and not e["path"].endswith("count_tokens")
        ]

    async def _post(self, path: str, document: Mapping[str, Any]) -> None:
        response = await self._http.post(path, content=json.dumps(document))
        if response.status_code >= 400:
            raise RuntimeError(f"simulator {path}: {response.status_code} {response.text[:300]}")
