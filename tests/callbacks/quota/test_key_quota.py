"""A key's quota follows the provider's headers, its own count, refusals and pauses."""

from __future__ import annotations

import math

from callbacks.quota.key_quota import KeyQuota, Limit, Need, Observation, Unit

RPM = Limit(Unit.REQUESTS, "minute")
TPM = Limit(Unit.TOKENS, "minute")
TOTAL = Limit(Unit.TOTAL_TOKENS, "minute")
PER_DAY = Limit(Unit.REQUESTS, "day")


def a_quota() -> KeyQuota:
    return KeyQuota.from_plan({RPM: 10, TPM: 30_000, TOTAL: 90_000}, 0)


def test_a_limit_reads_as_unit_and_period() -> None:
    assert str(TOTAL) == "total_tokens/minute"


def test_cached_tokens_count_against_the_total_only() -> None:
    need = Need(prompt_tokens=1000, cached_tokens=900, output_tokens=50)
    assert (need.of(Unit.REQUESTS), need.of(Unit.TOKENS), need.of(Unit.TOTAL_TOKENS)) == (1, 150, 1050)  # fmt: skip


def test_a_reservation_is_given_back_when_less_was_used() -> None:
    quota = a_quota()
    ticket = quota.reserve(Need(10_000, 0, 16_384), 0)
    assert quota.in_flight == 1
    assert quota.wait_s(Need(10_000), 0, 0) > 0
    quota.settle(ticket, Need(10_000, 8_000, 100), 0)
    assert quota.in_flight == 0
    assert quota.buckets[TPM].level_at(0) == 30_000 - 2_100
    assert quota.buckets[TOTAL].level_at(0) == 90_000 - 10_100
    quota.settle(ticket, None, 0)  # a second settlement changes nothing
    assert quota.buckets[TPM].level_at(0) == 30_000 - 2_100


def test_a_refused_request_costs_one_request_and_no_tokens() -> None:
    quota = a_quota()
    quota.settle(quota.reserve(Need(5_000, 0, 1_000), 0), None, 0)
    assert quota.buckets[RPM].level_at(0) == 9
    assert quota.buckets[TPM].level_at(0) == 30_000


def test_headers_win_over_our_own_count() -> None:
    quota = a_quota()
    ticket = quota.reserve(Need(1_000), 0)
    quota.reserve(Need(2_000), 5)  # sent after the one that is answered
    quota.observe(
        [Observation(TPM, 60_000, 40_000), Observation(RPM, None, 3), Observation(PER_DAY, 2_400, 7)],
        sent_s=0,
        now_s=6,
    )  # fmt: skip
    quota.settle(ticket, Need(1_000), 6)
    assert quota.buckets[TPM].capacity == 60_000
    assert quota.buckets[TPM].level_at(6) == 38_000
    assert quota.buckets[RPM].level_at(6) == 2
    assert quota.buckets[PER_DAY].level_at(6) == 6


def test_a_limit_nobody_knows_never_holds_back() -> None:
    quota = KeyQuota()
    quota.observe([Observation(RPM, None, 0)], 0, 0)
    assert quota.wait_s(Need(10**9), 0.2, 0) == 0
    assert quota.remaining_share(0) == 1.0


def test_a_refusal_empties_the_bucket_it_names() -> None:
    quota = a_quota()
    quota.empty(Unit.REQUESTS, "minute", 0)
    assert quota.wait_s(Need(1), 0, 0) == 6
    assert quota.remaining_share(0) == 0
    quota.empty(Unit.REQUESTS, "day", 0)  # not known: nothing to empty
    only_total = KeyQuota.from_plan({TOTAL: 60}, 0)
    only_total.empty(Unit.TOKENS, None, 0)
    assert only_total.wait_s(Need(1), 0, 0) == 1


def test_a_request_larger_than_a_bucket_never_fits() -> None:
    assert math.isinf(a_quota().wait_s(Need(40_000), 0.2, 0))


def test_a_pause_ends_by_itself_or_by_an_answer() -> None:
    quota = a_quota()
    quota.cool(30, "token_quota")
    quota.cool(10, "queue_full")  # shorter: the longer one stays
    cooling = quota.cooling_at(0)
    assert cooling is not None
    assert cooling.cause == "token_quota"
    assert quota.ready_in_s(10) == 20
    assert quota.cooling_at(30) is None
    assert quota.ready_in_s(30) == 0
    quota.cool(math.inf, "auth")
    assert math.isinf(quota.ready_in_s(10**6))
    quota.resume()
    assert quota.cooling_at(10**6) is None
