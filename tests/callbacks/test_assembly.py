"""The parts of a process are made once and know what an earlier run learned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from callbacks import assembly, request_context
from callbacks.assembly import assemble, assembled, close
from callbacks.translate.reply_stream import Usage
from callbacks.usage_state import load_calibration
from tests.helpers.dialects import hook_settings

BODY = {"model": "opus", "messages": [{"role": "user", "content": "word " * 500}]}


@pytest.fixture(autouse=True)
def nothing_assembled() -> Iterator[None]:
    listeners = list(request_context._finish_listeners)
    assembly._assembled = None
    yield
    assembly._assembled = None
    request_context._finish_listeners[:] = listeners


async def test_the_second_call_returns_the_same_hooks(tmp_path: Path) -> None:
    settings = hook_settings(tmp_path)
    hooks = assemble(settings)
    assert assemble(settings) is hooks
    assert assembled() is hooks
    await close()


async def test_what_one_run_learned_the_next_one_knows(tmp_path: Path) -> None:
    settings = hook_settings(tmp_path)
    hooks = assemble(settings)
    plain = hooks.count_tokens(BODY)
    hooks._calibrations.observe("cerebras/zai-glm-4.7", 1000, Usage(input_tokens=1400))
    await close()
    assert load_calibration(tmp_path / "usage.db")["cerebras/zai-glm-4.7"].samples == 1
    assembly._assembled = None
    assert assemble(settings).count_tokens(BODY) == pytest.approx(1.4 * plain, abs=1)
    await close()


async def test_a_store_that_cannot_be_read_costs_the_calibration_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "usage.db").write_text("this is no database " * 100)
    hooks = assemble(hook_settings(tmp_path))
    assert hooks.count_tokens(BODY) > 0
    await close()


async def test_closing_before_anything_was_made_is_harmless() -> None:
    await close()
