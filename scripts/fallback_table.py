"""Print the table of docs/fallback.md: what went wrong, what happens, what the client sees.

    python scripts/fallback_table.py [--write]

The rows come from `callbacks/dialects/causes.py` and `callbacks/quota/cooldowns.py`; `--write` puts them into the
document. A test compares the two.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from callbacks.dialects.causes import RULES, Cause, Fault, Lasting, Remedy
from callbacks.quota.cooldowns import (
    LONGEST_SHORT_PAUSE_S,
    LONGEST_UNSTATED_PAUSE_S,
    pause_for,
)

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "fallback.md"
BEGIN, END = "<!-- causes: begin -->", "<!-- causes: end -->"

NEXT: Mapping[Remedy, str] = {
    Remedy.RETRY: "once more there after a moment, then the next key",
    Remedy.NEXT_KEY: "the next key, then the next provider",
    Remedy.NEXT_MEMBER: "the next provider",
    Remedy.LARGER: "a model with a larger window, else the client compacts",
    Remedy.TELL: "the client is told, nobody else is asked",
}
_CEREBRAS, _ZAI = "integration/test_faults_cerebras.py", "integration/test_faults_zai.py"
_FALLBACK = "integration/test_fallback.py"
TESTS: Mapping[Cause, str] = {
    Cause.REQUEST_QUOTA: f"{_CEREBRAS}::test_cb_04_a_request_quota_moves_on_without_waiting",
    Cause.TOKEN_QUOTA: f"{_CEREBRAS}::test_cb_05_a_token_quota_moves_on_without_waiting",
    Cause.OVERSIZE_REQUEST: f"{_CEREBRAS}::test_cb_06_a_request_larger_than_the_bucket_is_asked_once",
    Cause.QUEUE_FULL: f"{_CEREBRAS}::test_cb_07_a_full_queue_is_tried_once_more_after_a_moment",
    Cause.CONCURRENCY: f"{_ZAI}::test_za_01_too_many_at_once_is_tried_once_more_after_a_moment",
    Cause.OVERLOADED: f"{_ZAI}::test_za_02_an_overload_moves_on_without_waiting",
    Cause.PLAN_QUOTA: f"{_ZAI}::test_za_03_a_used_up_plan_moves_on_and_tells_the_wait",
    Cause.PLAN_REFUSED: f"{_ZAI}::test_za_04_what_no_waiting_cures_is_never_retried",
    Cause.BALANCE: f"{_ZAI}::test_za_04_what_no_waiting_cures_is_never_retried",
    Cause.PAYMENT: f"{_CEREBRAS}::test_cb_10_a_missing_payment_moves_on_and_names_the_bill",
    Cause.AUTH: "integration/test_quota.py::test_a_refused_key_is_out_and_the_other_goes_on",
    Cause.PERMISSION: f"{_FALLBACK}::test_each_fault_goes_where_the_table_says",
    Cause.MODEL_MISSING: f"{_CEREBRAS}::test_cb_03_a_missing_model_alone_is_named",
    Cause.BAD_REQUEST: f"{_CEREBRAS}::test_cb_01_a_refused_property_is_not_tried_again_there",
    Cause.CONTEXT_OVERFLOW: f"{_CEREBRAS}::test_cb_09_an_overflow_goes_to_a_larger_window",
    Cause.BODY_TOO_LARGE: f"{_CEREBRAS}::test_cb_22_a_body_that_is_too_large_is_an_overflow",
    Cause.CONTENT_FILTER: f"{_FALLBACK}::test_sensitive_content_is_told_and_nobody_else_is_asked",
    Cause.SERVER_ERROR: f"{_FALLBACK}::test_each_fault_goes_where_the_table_says",
    Cause.EDGE_ERROR: f"{_CEREBRAS}::test_cb_22_a_page_of_the_edge_moves_on",
    Cause.TIMEOUT: f"{_CEREBRAS}::test_cb_23_silence_without_end_moves_on",
    Cause.UNREACHABLE: "integration/test_quota.py::test_a_member_of_another_provider_is_served_by_litellm_and_paused_like_any",
    Cause.RESET: f"{_FALLBACK}::test_each_fault_goes_where_the_table_says",
    Cause.STREAM_FAULT: f"{_ZAI}::test_za_10_half_a_line_is_an_error_and_no_hang",
    Cause.EMPTY_REPLY: f"{_FALLBACK}::test_an_empty_answer_is_asked_for_once_more",
}


def table() -> str:
    """Return the table as Markdown, one row a cause."""
    rows = [
        "| cause | then | the key rests | nobody left: the client gets | test |",
        "|---|---|---|---|---|",
    ]
    for cause, rule in RULES.items():
        told = f"{rule.client_status} `{rule.error_type}`"
        path = f"`{TESTS[cause]}`"
        rows.append(
            f"| `{cause.value}` | {NEXT[rule.remedy]} | {rest_of(cause)} | {told} | {path} |"
        )
    return "\n".join(rows)


def rest_of(cause: Cause) -> str:
    """Return in words how long a key rests after a cause."""
    fault = Fault(cause, "cerebras", "m", "KEY", "")
    pause = pause_for(fault, 0, datetime.now(UTC))
    if cause is Cause.CONCURRENCY:
        return "no; fewer requests at once for a while"
    if pause is None:
        return "no; it was about this request"
    whose = "the key, at all its models," if pause.key_wide else "the key, at this model,"
    if pause.for_good:
        return f"{whose} until a restart"
    if fault.rule.lasting is Lasting.STATED:
        return f"{whose} until the stated time, else {pause.length_s:.0f} s, doubling up to {LONGEST_UNSTATED_PAUSE_S / 60:.0f} min"
    return f"{whose} {pause.length_s:.0f} s, doubling up to {LONGEST_SHORT_PAUSE_S:.0f} s"


def with_table(text: str) -> str:
    """Return the document with the table of now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main() -> int:
    """Print the table, or write it into the document."""
    if "--write" in sys.argv[1:]:
        DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
