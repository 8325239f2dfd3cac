"""What `GET /ccglm/status` says of each key."""

from __future__ import annotations

from datetime import timedelta

from callbacks.dialects.causes import Cause
from callbacks.quota.key_quota import Need
from callbacks.quota.report import quota_document
from tests.helpers.quota import CEREBRAS, START, Clock, a_book, a_fault, quota_settings


def test_a_key_tells_its_limits_its_counts_and_its_plan() -> None:
    settings = quota_settings(rpm=10, tpm=30_000, plans={"cerebras": "free-trial"}, concurrency={CEREBRAS: 4})  # fmt: skip
    book = a_book(settings)
    book.hold(book.keys_of(CEREBRAS)[0], Need(5_000))
    first, second, *_ = quota_document(book, settings, START)
    assert first == {
        "member": CEREBRAS,
        "key": "CEREBRAS_API_KEY",
        "plan": "free-trial",
        "limits": [
            {"unit": "requests", "period": "minute", "capacity": 10, "remaining": 9, "full_in_s": 6},
            {"unit": "tokens", "period": "minute", "capacity": 30_000, "remaining": 25_000, "full_in_s": 10},
        ],
        "in_flight": 1,
        "most_in_flight": 4,
        "served": 0,
        "refused": 0,
        "resting": None,
    }  # fmt: skip
    assert second["key"] == "CEREBRAS_API_KEY_2"


def test_a_resting_key_tells_why_and_until_when() -> None:
    clock = Clock()
    settings = quota_settings()
    book = a_book(settings, clock)
    first, second = book.keys_of(CEREBRAS)
    book.failed(first, a_fault(Cause.REQUEST_QUOTA, retry_after_s=58.0), clock.s)
    book.failed(second, a_fault(Cause.MODEL_MISSING), clock.s)
    clock.s += 8
    resting, gone, *_ = (key["resting"] for key in quota_document(book, settings, clock.wall()))
    assert resting["cause"] == "request_quota"
    assert resting["until"] == (START + timedelta(seconds=58)).isoformat(timespec="seconds")
    assert (gone["until"], gone["for_good"]) == (None, True)
    assert "does not serve model" in gone["says"]
