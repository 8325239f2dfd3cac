"""Ask the providers which models a key may use. Nothing here fails: a provider that cannot be asked is an answer.

Called by `init`, `validate --online` and `models --online`. Costs nothing: `GET /models` uses no tokens.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from litellm_config.providers import KINDS, cut_base_url
from litellm_config.settings import ProviderSettings

if TYPE_CHECKING:
    import httpx

PROBE_TIMEOUT_S: Final = 3.0
"""For the whole question, so that `init` never hangs."""
_SHOWN_BODY_CHARS: Final = 200


@dataclass(frozen=True)
class ProbeTarget:
    """Whom to ask, and with which key."""

    provider: str
    url: str
    """Full address of the model list."""
    key: str
    key_name: str
    """Name of the key's variable; the only thing about the key that is ever shown."""


@dataclass(frozen=True)
class ProbeAnswer:
    """What a provider said."""

    provider: str
    key_name: str
    models: frozenset[str] | None
    """Ids as the provider lists them; None when it could not be asked."""
    problem: str | None = None
    """Why not, one sentence."""
    key_refused: bool = False
    """The provider was reached and does not accept the key."""


def probe_target(
    provider: str, settings: ProviderSettings, key_name: str, key: str
) -> ProbeTarget | None:
    """Return where a provider lists its models; None for a provider without a dialect of ours.

    Z.ai's Anthropic surface lists nothing; its OpenAI surfaces do, for the same keys.
    """
    kind = KINDS.get(provider)
    if kind is None:
        return None
    base = cut_base_url(provider, settings.base_url or kind.default_base)
    surface = "coding" if settings.surface == "coding" else "openai"
    return ProbeTarget(provider, f"{base}{kind.surfaces.get(surface, '')}/models", key, key_name)


def probe_all(
    targets: Sequence[ProbeTarget], *, timeout_s: float = PROBE_TIMEOUT_S
) -> list[ProbeAnswer]:
    """Ask everybody at once.

    Args:
        targets: Whom to ask.
        timeout_s: Longest time for each whole question.

    Returns:
        The answers, in the order of the targets.
    """
    return asyncio.run(_probe_all(targets, timeout_s)) if targets else []


async def _probe_all(targets: Sequence[ProbeTarget], timeout_s: float) -> list[ProbeAnswer]:
    import httpx  # takes 150 ms; whoever asks nobody does not pay it

    async with httpx.AsyncClient(timeout=timeout_s, follow_redirects=True) as client:
        return await asyncio.gather(*(_probe(client, target, timeout_s) for target in targets))


async def _probe(client: httpx.AsyncClient, target: ProbeTarget, timeout_s: float) -> ProbeAnswer:
    import httpx

    def unknown(problem: str, *, key_refused: bool = False) -> ProbeAnswer:
        return ProbeAnswer(target.provider, target.key_name, None, problem, key_refused)

    try:
        async with asyncio.timeout(timeout_s):
            response = await client.get(
                target.url, headers={"Authorization": f"Bearer {target.key}"}
            )
    except (TimeoutError, httpx.TimeoutException):
        return unknown(f"{target.provider} did not answer within {timeout_s:g} s")
    except UnicodeError:
        return unknown(f"the key in `{target.key_name}` holds characters that no key has")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return unknown(
            f"{target.provider} could not be reached at {target.url}: {reason_of_failure(error)}"
        )
    if response.status_code in (401, 403):
        return unknown(
            f"{target.provider} refuses the key in `{target.key_name}`", key_refused=True
        )
    if response.status_code != HTTPStatus.OK:
        return unknown(f"{target.provider} answered {response.status_code}: {_excerpt(response)}")
    models = _model_ids(response.content)
    if models is None:
        return unknown(
            f"{target.provider} answered something that is no model list at {target.url}"
        )
    return ProbeAnswer(target.provider, target.key_name, models)


def reason_of_failure(error: Exception) -> str:
    """Return why a request got no answer, in the system's words: `connection refused`."""
    cause: BaseException = error
    while cause.__cause__ or cause.__context__:
        cause = cause.__cause__ or cause.__context__ or cause
    if isinstance(cause, OSError) and cause.errno is not None and cause.errno > 0:
        return os.strerror(cause.errno).lower()  # asyncio puts addresses into the message
    return (str(error) or "no connection").lower()


def _excerpt(response: httpx.Response) -> str:
    text = " ".join(response.text.split())
    return text[:_SHOWN_BODY_CHARS] or "no reason given"


def _model_ids(body: bytes) -> frozenset[str] | None:
    """Read `{"data": [{"id": ...}]}`; None for anything else."""
    try:
        document: Any = json.loads(body)
        return frozenset(str(entry["id"]) for entry in document["data"])
    except (ValueError, TypeError, KeyError):
        return None
