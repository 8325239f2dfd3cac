"""Building blocks for tests of quotas: a book on a clock that only tests move, and hops."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from callbacks.dialects.causes import Cause, Fault
from callbacks.quota.key_state import KeyState
from callbacks.quota.quota_book import QuotaBook
from callbacks.request_context import Hop, Outcome
from callbacks.translate.reply_stream import Usage
from litellm_config.hook_settings import HookSettings, LimitSettings, QuotaLimits
from tests.helpers.dialects import KEYS, hook_settings

CEREBRAS = "cerebras/zai-glm-4.7"
ZAI = "zai/glm-4.7"
START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Seconds and wall time that move together, by hand."""

    s: float = 1000.0

    def seconds(self) -> float:
        return self.s

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.s - 1000.0)


@dataclass
class MemoryStore:
    """Keeps what a pause store is given."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])

    def put_state(self, key: str, value: Any) -> bool:
        self.values[key] = value
        return True

    def delete_state(self, key: str) -> bool:
        self.values.pop(key, None)
        return True


def quota_settings(rpm: int | None = None, tpm: int | None = None, **limits: Any) -> HookSettings:
    """Settings with two Cerebras keys whose plan has these limits."""
    quotas = {CEREBRAS: QuotaLimits(requests_per_minute=rpm, uncached_tokens_per_minute=tpm)}
    return hook_settings(
        Path("/nonexistent"), limits=LimitSettings(keys=KEYS, quotas=quotas, **limits)
    )


def a_book(
    settings: HookSettings | None = None, clock: Clock | None = None, store: Any = None
) -> QuotaBook:
    ticks = clock or Clock()
    return QuotaBook(settings or quota_settings(), store, now_s=ticks.seconds, now=ticks.wall)


def a_fault(cause: Cause, detail: str = "because", **rest: Any) -> Fault:
    return Fault(cause, "cerebras", "zai-glm-4.7", "CEREBRAS_API_KEY", detail, **rest)


def a_hop(
    state: KeyState, outcome: Outcome = "served", fault: Fault | None = None, *,
    started_s: float = 1000.0, usage: Usage | None = None, status: int | None = 200,
) -> Hop:  # fmt: skip
    return Hop(
        state.member, state.deployment_id, state.key_label, outcome=outcome, fault=fault, status=status,
        usage=usage or Usage(), started_s=started_s,
    )  # fmt: skip
