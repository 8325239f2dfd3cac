"""A burst counts who answered, and says so when fallback did not happen."""

from __future__ import annotations

from ccglm.demo.burst import BurstResult, burst_body, run_burst
from ccglm.proxy.messages_client import Answer, MessagesClient


def answered(member: str, **extra: object) -> Answer:
    answer = Answer(status=200, served_by=member, stop_reason="end_turn", duration_ms=12.34)
    for name, value in extra.items():
        setattr(answer, name, value)
    return answer


def test_counts_are_by_member_most_first() -> None:
    result = BurstResult(
        (answered("zai/a"), answered("cerebras/b"), answered("zai/a", fallback="request_quota"))
    )
    assert list(result.served.items()) == [("zai/a", 2), ("cerebras/b", 1)]
    assert result.providers == {"zai", "cerebras"}
    assert result.fell_back
    document = result.document()
    assert document["ok"] is True
    assert document["rows"][2] == {
        "request": 3,
        "served_by": "zai/a",
        "fallback": "request_quota",
        "first_event_ms": None,
        "duration_ms": 12.3,
        "error": None,
    }


def test_one_provider_for_all_is_not_a_fallback() -> None:
    result = BurstResult((answered("cerebras/b"), answered("cerebras/b")))
    assert not result.fell_back
    assert result.document()["ok"] is False


def test_a_lost_request_is_counted_and_named() -> None:
    result = BurstResult((answered("zai/a"), Answer(status=429, error="429: no room")))
    assert result.errors == ["429: no room"]
    assert result.document()["answered"] == 1


def test_each_request_is_its_own() -> None:
    bodies = [burst_body(n, 3, "main", stream=True) for n in (1, 2, 3)]
    assert len({body["messages"][0]["content"] for body in bodies}) == 3


async def test_every_answer_is_told_as_it_ends() -> None:
    told: list[int] = []
    async with MessagesClient("http://127.0.0.1:9", "t") as client:
        result = await run_burst(client, 3, on_answer=lambda number, _: told.append(number))
    assert sorted(told) == [1, 2, 3]
    assert result.errors == ["the connection failed: ConnectError"] * 3
