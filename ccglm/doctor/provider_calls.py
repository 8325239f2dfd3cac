"""One cheap request with every key: a single token, on the surface that the proxy uses.

Only this tells whether a key has balance and quota left; a list of models is given to any key. Nothing here
fails: a provider that cannot be reached is an answer.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

import httpx

from ccglm.setup.probe import reason_of_failure
from litellm_config.providers import KINDS, api_base, surface_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from litellm_config.settings import ProviderSettings, Settings

CALL_TIMEOUT_S: Final = 12.0
"""A model that thinks takes seconds for its first token."""
_SHOWN_CHARS: Final = 200
# Z.ai's Anthropic surface: `[1113][the message][request id]`.
_BRACKETED: Final = re.compile(r"\[\d+\]\[(?P<said>.*)\]\[[^\]]*\]$")


@dataclass(frozen=True)
class ProviderCall:
    """A request to make."""

    provider: str
    model: str
    url: str
    key: str
    key_name: str
    """Name of the key's variable; the only thing about the key that is ever shown."""
    body: Mapping[str, Any]


@dataclass(frozen=True)
class CallAnswer:
    """What came back."""

    call: ProviderCall
    status: int = 0
    """HTTP status; 0 when there was no answer."""
    code: str = ""
    """The provider's own code, such as `1113`."""
    said: str = ""
    """The provider's words, or why there was no answer; one line."""
    date: datetime | None = None
    """The provider's clock when it answered."""

    @property
    def answered(self) -> bool:
        """Whether the model answered."""
        return self.status == HTTPStatus.OK


def calls_of(settings: Settings, variables: Mapping[str, str]) -> list[ProviderCall]:
    """Return one call for every key of every provider that has a dialect of ours.

    Args:
        settings: Checked settings.
        variables: Environment and `.env`, merged.
    """
    return [
        _call(provider, settings.providers[provider], model, key_name, variables[key_name])
        for provider, model in _first_models(settings)
        for key_name in settings.providers[provider].keys
        if variables.get(key_name)
    ]


def _first_models(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield each provider of ours with the first of its models that a chain names."""
    seen: set[str] = set()
    for chain in settings.models.values():
        for member in chain:
            provider, _, model = member.partition("/")
            if provider in KINDS and provider in settings.providers and provider not in seen:
                seen.add(provider)
                yield provider, model


def _call(
    name: str, provider: ProviderSettings, model: str, key_name: str, key: str
) -> ProviderCall:
    is_anthropic = surface_of(name, provider) == "anthropic"
    path = "/v1/messages" if is_anthropic else "/chat/completions"
    limit = "max_completion_tokens" if name == "cerebras" else "max_tokens"
    body = {"model": model, "messages": [{"role": "user", "content": "Say yes."}], limit: 1}
    return ProviderCall(name, model, f"{api_base(name, provider)}{path}", key, key_name, body)


def call_all(
    calls: Sequence[ProviderCall], *, timeout_s: float = CALL_TIMEOUT_S
) -> list[CallAnswer]:
    """Make every call at once; the answers are in the order of the calls."""
    return asyncio.run(_call_all(calls, timeout_s)) if calls else []


async def _call_all(calls: Sequence[ProviderCall], timeout_s: float) -> list[CallAnswer]:
    async with httpx.AsyncClient(timeout=timeout_s) as client:
        return await asyncio.gather(*(_ask(client, call, timeout_s) for call in calls))


async def _ask(client: httpx.AsyncClient, call: ProviderCall, timeout_s: float) -> CallAnswer:
    headers = {"authorization": f"Bearer {call.key}", "anthropic-version": "2023-06-01"}
    try:
        async with asyncio.timeout(timeout_s):
            response = await client.post(call.url, json=call.body, headers=headers)
    except (TimeoutError, httpx.TimeoutException):
        return CallAnswer(call, said=f"no answer within {timeout_s:g} s")
    except UnicodeError:
        return CallAnswer(call, said=f"the key in `{call.key_name}` holds odd characters")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return CallAnswer(call, said=reason_of_failure(error))
    code, said = _error_of(response.content)
    return CallAnswer(
        call,
        status=response.status_code,
        code=code,
        said=said,
        date=_date_of(response.headers.get("date", "")),
    )


def _date_of(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo is not None else None


def _error_of(body: bytes) -> tuple[str, str]:
    """Return code and words of an error body, flat or under `error`; ("", excerpt) for any other."""
    try:
        document: object = json.loads(body)
    except ValueError:
        return "", " ".join(body.decode(errors="replace").split())[:_SHOWN_CHARS]
    if not isinstance(document, dict):
        return "", ""
    outer = cast("dict[str, Any]", document)
    inner = outer.get("error")
    error = cast("dict[str, Any]", inner) if isinstance(inner, dict) else outer
    said = " ".join(str(error.get("message") or "").split())
    if bracketed := _BRACKETED.match(said):
        said = bracketed["said"]
    return str(error.get("code") or ""), said[:_SHOWN_CHARS]
