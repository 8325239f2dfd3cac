"""What may reach the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from callbacks import request_context
from callbacks.dialects.causes import Cause, Fault
from callbacks.log_setup import Quiet, set_up_logging
from callbacks.request_context import begin_request

NAMES = ("ccglm", "LiteLLM", "LiteLLM Proxy", "LiteLLM Router")


@pytest.fixture(autouse=True)
def no_request() -> Iterator[None]:
    token = request_context._current.set(None)
    yield
    request_context._current.reset(token)


@pytest.fixture(autouse=True)
def loggers_as_they_were() -> Iterator[None]:
    before = {n: (logging.getLogger(n).handlers, logging.getLogger(n).level, logging.getLogger(n).propagate, logging.getLogger(n).filters[:]) for n in NAMES}  # fmt: skip
    yield
    for name, (handlers, level, propagate, filters) in before.items():
        logger = logging.getLogger(name)
        logger.handlers, logger.level, logger.propagate, logger.filters = handlers, level, propagate, filters  # fmt: skip


def a_record(message: str, *args: object) -> logging.LogRecord:
    with pytest.raises(ValueError, match="details") as caught:
        int("details")
    trace = (caught.type, caught.value, caught.tb)
    return logging.LogRecord("LiteLLM", logging.ERROR, "f", 1, message, args, trace)


def test_a_record_of_litellms_becomes_one_safe_line() -> None:
    record = a_record("failed with %s\nTraceback at /usr/lib/x.py key sk-1234567890abcdef", "this")
    assert Quiet().filter(record)
    assert record.getMessage() == "failed with this Traceback at (a path) key ***"
    assert record.exc_info is None


def test_faults_that_the_table_deals_with_are_not_told_again() -> None:
    context = begin_request("/v1/messages", {})
    assert Quiet().filter(a_record("x"))
    hop = context.begin_hop("zai/b", "zai/b#1", "ZAI_API_KEY")
    hop.end("failed", Fault(Cause.SERVER_ERROR, "zai", "b", "ZAI_API_KEY", "because"))
    assert not Quiet().filter(a_record("x"))


def test_our_lines_go_to_stderr_and_litellm_is_calmed(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging()
    logging.getLogger("ccglm").info("a line of ours")
    logging.getLogger("LiteLLM Router").warning("chatter")
    logging.getLogger("LiteLLM Proxy").error("real\ntrouble")
    err = capsys.readouterr().err
    assert "INFO ccglm: a line of ours" in err
    assert "chatter" not in err
    assert "ERROR LiteLLM Proxy: real trouble" in err
