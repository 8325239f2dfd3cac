"""Signals to stop set a flag, and the handlers are put back."""

import os
import signal
import threading

import pytest

from ccglm.proxy.signals import StopRequest, stop_request


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_becomes_a_flag(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stop_request() as request:
        assert not request.wait(0)
        os.kill(os.getpid(), number)
        assert request.wait(10)
        assert request.signal == number
    assert signal.getsignal(number) == before


def test_the_first_signal_is_remembered() -> None:
    request = StopRequest()
    request.note(signal.SIGTERM)
    request.note(signal.SIGINT)
    assert request.signal == signal.SIGTERM


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_request() as request:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not request.wait(0.01)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_threads_get_a_flag_that_nobody_sets() -> None:
    seen: list[bool] = []

    def go() -> None:
        with stop_request() as request:
            seen.append(request.wait(0))

    thread = threading.Thread(target=go)
    thread.start()
    thread.join()
    assert seen == [False]
