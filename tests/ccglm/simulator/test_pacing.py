import asyncio
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.simulator.events import Events, Frame
from ccglm.simulator.knobs import Knobs, Split
from ccglm.simulator.pacing import COALESCED_EVENTS, Ticker, due_events, scheduled, writes

SPLITS: tuple[Split, ...] = ("whole", "byte", "mid_utf8", "coalesce")


def a_stream(words: list[str]) -> Events:
    events = Events()
    events.add("start", b"data: start\n\n")
    events.add_words("text", Frame(b"data: ", b"\n\n"), words)
    events.add("done", b"data: [DONE]\n\n")
    return events


@given(
    st.lists(st.text(max_size=6), max_size=20), st.sampled_from(SPLITS), st.booleans(), st.data()
)
def test_however_it_is_cut_the_bytes_are_the_same(
    words: list[str], split: Split, paced: bool, data: st.DataObject
) -> None:
    events = a_stream(words)
    start = data.draw(st.integers(0, len(events)))
    group = range(start, data.draw(st.integers(start, len(events))))
    joined = b"".join(writes(events, group, split, paced=paced))
    assert joined == events.joined(group.start, group.stop)


def test_whole_is_one_event_a_write_or_what_is_due() -> None:
    events = a_stream(["a", "b"])
    assert len(list(writes(events, range(4), "whole", paced=False))) == 4
    assert len(list(writes(events, range(4), "whole", paced=True))) == 1


def test_coalesce_joins_and_byte_takes_apart() -> None:
    events = a_stream(["a"] * 12)
    assert len(list(writes(events, range(14), "coalesce", paced=False))) == 14 // COALESCED_EVENTS
    assert all(len(data) == 1 for data in writes(events, range(14), "byte", paced=False))


def test_mid_utf8_cuts_inside_a_character() -> None:
    first, *_ = writes(a_stream(["東京"]), range(1, 2), "mid_utf8", paced=False)
    with pytest.raises(UnicodeDecodeError):
        first.decode()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.floats(0, 10), st.floats(1, 100))
def test_what_is_due_follows_the_speed(tokens: list[int], elapsed_s: float, speed: float) -> None:
    due_at = list(accumulate(tokens))
    due = due_events(due_at, elapsed_s, speed)
    assert 1 <= due <= len(tokens)
    if due > 1:
        assert due_at[due - 1] <= elapsed_s * speed


async def groups(words: int, **changes: Any) -> list[range]:
    events = a_stream(["w"] * words)
    knobs = Knobs().patched(changes)
    return [group async for group in scheduled(events, knobs, Ticker())]


async def test_without_a_speed_everything_is_due_at_once() -> None:
    assert await groups(5) == [range(7)]


async def test_with_a_delay_events_come_one_by_one() -> None:
    assert [len(group) for group in await groups(3, chunk_delay_ms=1)] == [1] * 5


async def test_at_a_speed_a_stream_takes_its_time() -> None:
    started_s = asyncio.get_running_loop().time()
    found = await groups(100, tokens_per_s=1_000, tick_ms=5)
    elapsed_s = asyncio.get_running_loop().time() - started_s
    assert elapsed_s >= 0.1
    assert 1 < len(found) < 50
    assert [i for group in found for i in group] == list(range(102))


async def test_all_who_wait_are_woken_by_one_tick() -> None:
    ticker = Ticker()
    await asyncio.wait_for(asyncio.gather(*(ticker.next_tick(0.01) for _ in range(50))), 5)


async def test_one_who_left_does_not_stop_the_others() -> None:
    ticker = Ticker()
    left = asyncio.ensure_future(ticker.next_tick(0.02))
    await asyncio.sleep(0)
    left.cancel()
    await asyncio.wait_for(ticker.next_tick(0.02), 5)
    assert left.cancelled()
