"""Exactly one row a request, whatever comes first, and no harm when something is wrong."""

from __future__ import annotations

import asyncio
import logging
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from blockbuster import blockbuster_ctx
from typing_extensions import override

from callbacks.hooks import usage_log as usage_log_module
from callbacks.hooks.usage_log import UsageLog
from callbacks.request_context import REQUEST_ID_KEY, RequestContext, begin_request, on_finish
from callbacks.translate.reply_stream import Usage
from callbacks.usage_schema import read_store
from callbacks.usage_writer import UsageWriter

if TYPE_CHECKING:
    from pathlib import Path

    from callbacks.request_context import Hop
    from callbacks.usage_rows import UsageRow

USAGE = Usage(10, 0, 5, 0, estimated=False)


class TellingWriter(UsageWriter):
    """Sets an event when a row is put."""

    def __init__(self, path: Path, put: asyncio.Event) -> None:
        super().__init__(path)
        self._put_event = put

    @override
    def put_row(self, row: UsageRow) -> bool:
        self._put_event.set()
        return super().put_row(row)


class Recorder:
    """A usage log over a real store."""

    def __init__(self, path: Path, settle_s: float) -> None:
        self.path = path
        self.put = asyncio.Event()
        self.writer = TellingWriter(path, self.put)
        self.writer.start()
        self.log = UsageLog(self.writer, {}, settle_s=settle_s)

    def rows(self) -> list[dict[str, Any]]:
        self.writer.flush()
        connection = read_store(self.path)
        if connection is None:
            return []
        with closing(connection):
            return [dict(row) for row in connection.execute("SELECT * FROM requests ORDER BY id")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.db"


def begin(requested_model: str = "main") -> RequestContext:
    context = begin_request("/v1/messages", {"x-claude-code-session-id": "s"})
    context.requested_model = requested_model
    context.status = 200
    return context


def hop_of(context: RequestContext) -> Hop:
    return context.begin_hop("cerebras/zai-glm-4.7", "cerebras/zai-glm-4.7#1", "CEREBRAS_API_KEY")


def success(context: RequestContext, tokens: int = 7) -> dict[str, Any]:
    return {
        "litellm_params": {"metadata": {REQUEST_ID_KEY: context.request_id}},
        "standard_logging_object": {"prompt_tokens": tokens, "completion_tokens": tokens},
    }


async def test_a_request_whose_attempt_ended_is_written_at_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callbacks.request_context._finish_listeners", [])
    recorder = Recorder(path, settle_s=60)
    on_finish(recorder.log.finished)
    with blockbuster_ctx():
        context = begin()
        hop = hop_of(context)
        hop.usage = USAGE
        hop.end("served")
        context.finish()
        context.finish()
        recorder.log.reported(success(context))

    rows = await asyncio.to_thread(recorder.rows)

    assert [(row["outcome"], row["input_tokens"], row["session_id"]) for row in rows] == [
        ("served", 10, "s")
    ]
    await recorder.log.close()


@pytest.mark.parametrize("report_first", [True, False], ids=["report first", "end first"])
async def test_a_report_of_litellm_is_waited_for_and_used_once(
    path: Path, report_first: bool
) -> None:
    recorder = Recorder(path, settle_s=60)
    context = begin()
    hop_of(context)
    context.duration_ms = None
    if report_first:
        recorder.log.reported(success(context))
    context.duration_ms = 5.0
    recorder.log.finished(context)
    if not report_first:
        assert await asyncio.to_thread(recorder.rows) == []
        recorder.log.reported(success(context))
    recorder.log.reported(success(context, tokens=99))

    rows = await asyncio.to_thread(recorder.rows)

    assert [(row["outcome"], row["input_tokens"]) for row in rows] == [("served", 7)]
    await recorder.log.close()


async def test_a_report_that_never_comes_is_not_waited_for_long(path: Path) -> None:
    recorder = Recorder(path, settle_s=0.01)
    context = begin()
    hop = hop_of(context)
    context.client_left = True
    context.duration_ms = 5.0
    recorder.log.finished(context)
    hop.usage = USAGE
    hop.end("cancelled")
    async with asyncio.timeout(10):
        await recorder.put.wait()

    rows = await asyncio.to_thread(recorder.rows)

    assert [(row["outcome"], row["input_tokens"]) for row in rows] == [("cancelled", 10)]
    await recorder.log.close()


async def test_closing_writes_what_still_waits(path: Path) -> None:
    recorder = Recorder(path, settle_s=60)
    context = begin()
    hop_of(context)
    recorder.log.finished(context)

    await recorder.log.close()

    assert len(recorder.rows()) == 1


async def test_the_proxys_own_requests_are_nobodys_usage(path: Path) -> None:
    recorder = Recorder(path, settle_s=60)
    context = begin_request("/v1/messages", {}, internal=True)
    recorder.log.finished(context)

    await recorder.log.close()

    assert recorder.rows() == []


async def test_a_request_refused_before_any_attempt_is_a_row(path: Path) -> None:
    recorder = Recorder(path, settle_s=60)
    context = begin("nobody")
    context.status, context.error_type = 404, "not_found_error"
    recorder.log.finished(context)

    await recorder.log.close()

    (row,) = recorder.rows()
    assert (row["outcome"], row["requested_model"], row["fault"]) == (
        "failed",
        "nobody",
        "not_found_error",
    )


async def test_reports_that_nobody_asks_for_do_not_pile_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_log_module, "MAX_EARLY_REPORTS", 2)
    recorder = Recorder(path, settle_s=60)
    contexts = [begin() for _ in range(3)]
    for context in contexts:
        hop_of(context)
        recorder.log.reported(success(context))
    for context in contexts:
        recorder.log.finished(context)

    assert [row["input_tokens"] for row in await asyncio.to_thread(recorder.rows)] == [7, 7]
    await recorder.log.close()
    assert [row["input_tokens"] for row in recorder.rows()] == [7, 7, 0]


class Broken(dict[str, Any]):
    """Prices that cannot be asked."""

    @override
    def get(self, *args: Any) -> Any:
        raise RuntimeError("SECRET prompt text")


async def test_a_fault_of_ours_is_told_once_and_harms_nobody(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(path, settle_s=60)
    recorder.log = UsageLog(recorder.writer, Broken(), settle_s=60)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            context = begin()
            hop_of(context).end("served")
            recorder.log.finished(context)
        recorder.log.reported({"litellm_params": Broken()})

    assert await asyncio.to_thread(recorder.rows) == []
    messages = [record.getMessage() for record in caplog.records]
    assert len([m for m in messages if "RuntimeError while noting a finished request" in m]) == 1
    assert "SECRET" not in "".join(messages)
    await recorder.log.close()
