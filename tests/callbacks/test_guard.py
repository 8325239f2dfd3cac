"""Unexpected faults are told once, without what they might quote."""

from __future__ import annotations

import logging

import pytest

from callbacks import guard


@pytest.fixture(autouse=True)
def forgotten() -> None:
    guard._seen.clear()


def raised() -> Exception:
    with pytest.raises(ValueError, match="secret") as caught:
        int("secret prompt text")
    return caught.value


def test_the_first_of_a_kind_is_logged_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("ccglm").propagate = True
    with caplog.at_level(logging.ERROR, logger="ccglm"):
        guard.unexpected(raised(), "testing")
        guard.unexpected(raised(), "testing")
    assert len(caplog.records) == 1
    text = caplog.text
    assert "unexpected ValueError while testing (test_guard.py:" in text
    assert "secret" not in text
    assert guard.counts() == {"ValueError while testing": 2}


def test_an_error_that_was_never_raised_has_no_place(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("ccglm").propagate = True
    with caplog.at_level(logging.ERROR, logger="ccglm"):
        guard.unexpected(KeyError("x"), "testing")
    assert "no place known" in caplog.text
