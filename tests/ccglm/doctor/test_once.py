"""A costly value is found out once, whoever asks and however often."""

from __future__ import annotations

import threading

import pytest

from ccglm.doctor.once import Once
from ccglm.errors import CcglmError


def test_many_threads_find_it_out_once() -> None:
    calls: list[int] = []
    everybody = threading.Barrier(8)
    seen: list[int] = []

    def find() -> int:
        calls.append(1)
        return 42

    value = Once(find)

    def ask() -> None:
        everybody.wait(timeout=10)
        seen.append(value())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert (calls, seen) == ([1], [42] * 8)


def test_an_error_is_everybodys() -> None:
    calls: list[int] = []

    def find() -> int:
        calls.append(1)
        raise CcglmError("not there")

    value = Once(find)
    for _ in range(2):
        with pytest.raises(CcglmError, match="not there"):
            value()
    assert calls == [1]


def test_nothing_is_a_value_too() -> None:
    calls: list[int] = []
    value = Once(lambda: calls.append(1))
    assert value() is None
    assert value() is None
    assert calls == [1]
