"""Puts the parts of one proxy process together, once."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from callbacks.calibrations import Calibrations, Store
from callbacks.hooks.quota import Quota
from callbacks.hooks.usage_log import UsageLog
from callbacks.litellm_router import deployments, sender_to
from callbacks.proxy_hooks import ProxyHooks
from callbacks.quota.persistence import PREFIX
from callbacks.request_context import on_finish
from callbacks.usage_schema import StoreError
from callbacks.usage_state import load_calibration, load_state
from callbacks.usage_writer import UsageWriter
from litellm_config.hook_settings import HookSettings

_LOG = logging.getLogger("ccglm")

_assembled: ProxyHooks | None = None


def assemble(settings: HookSettings) -> ProxyHooks:
    """Return the hooks of this process, made at the first call.

    Args:
        settings: What the hooks need.
    """
    global _assembled  # noqa: PLW0603  LiteLLM may load the entry point twice
    if _assembled is None:
        path = Path(settings.usage_db_path)
        writer = UsageWriter(path, retention_days=settings.retention_days)
        writer.start()
        usage_log = UsageLog(writer, settings.models)
        on_finish(usage_log.finished)
        calibrations = Calibrations(_learned(path), _storing(writer))
        quota = Quota(settings, writer, _pauses(path), calibrations.ratio, sender_to, deployments)
        on_finish(quota.finished)
        _assembled = ProxyHooks(settings, calibrations, usage_log, quota)
    return _assembled


def assembled() -> ProxyHooks:
    """Return the hooks of this process; LiteLLM has loaded the config by then."""
    assert _assembled is not None, "the config names callbacks.entrypoint.proxy_hooks"
    return _assembled


async def close() -> None:
    """Write what is not written yet; nothing is served any more."""
    if _assembled is not None:
        _assembled.quota.close()
        await _assembled.usage_log.close()


def _learned(path: Path) -> dict[str, tuple[float, int]]:
    try:
        known = load_calibration(path)
    except StoreError as error:
        _LOG.warning("token estimates start uncalibrated: %s", error)
        return {}
    return {member: (entry.ratio, entry.samples) for member, entry in known.items()}


def _pauses(path: Path) -> dict[str, Any]:
    try:
        return load_state(path, PREFIX)
    except StoreError as error:
        _LOG.warning("pauses of the last run are not known: %s", error)
        return {}


def _storing(writer: UsageWriter) -> Store:
    def store(member: str, ratio: float, samples: int) -> None:
        writer.put_calibration(member, ratio, samples)

    return store
