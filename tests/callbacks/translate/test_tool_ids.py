from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from callbacks.translate.tool_ids import IdMint, IdRewriter

IDS = st.lists(
    st.one_of(st.text(max_size=5), st.sampled_from(["a", "call_1", "toolu_x"])), max_size=12
)


@given(IDS, st.frozensets(st.sampled_from(["a", "call_1"])))
def test_an_answers_ids_are_new_and_clean(wanted: list[str], used: frozenset[str]) -> None:
    mint = IdMint("msg_1", used)
    claimed = [mint.claim(call_id) for call_id in wanted]
    assert len({*claimed, *used}) == len(claimed) + len(used)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", call_id) for call_id in claimed)


def test_a_good_new_id_is_kept_and_made_ones_differ_by_message() -> None:
    assert IdMint("msg_1", ()).claim("049d9b129") == "049d9b129"
    assert IdMint("msg_1", ()).claim("") != IdMint("msg_2", ()).claim("")
    made = IdMint("msg_1", ()).claim("")
    assert IdMint("msg_1", {made}).claim("") != made


@given(IDS, st.sampled_from([None, r"(call|toolu)_[A-Za-z0-9_-]+"]))
def test_a_history_s_ids_are_unique_and_accepted(calls: list[str], pattern: str | None) -> None:
    rewriter = IdRewriter(pattern)
    sent = [rewriter.call(call_id) for call_id in calls]
    assert len(set(sent)) == len(sent)
    assert all(re.fullmatch(pattern or r"(?s).+", call_id) for call_id in sent)
    for call_id in set(calls):
        last = len(calls) - 1 - calls[::-1].index(call_id)
        assert rewriter.result(call_id) == sent[last]


@given(IDS, IDS)
def test_a_longer_history_renames_its_beginning_the_same(first: list[str], more: list[str]) -> None:
    shorter, longer = IdRewriter("call_.*"), IdRewriter("call_.*")
    sent = [shorter.call(call_id) for call_id in first]
    assert [longer.call(call_id) for call_id in [*first, *more]][: len(first)] == sent


def test_ids_stay_where_they_are_accepted() -> None:
    rewriter = IdRewriter(None)
    assert rewriter.call("functions.Bash:0") == "functions.Bash:0"
    assert rewriter.result("functions.Bash:0") == "functions.Bash:0"
    assert rewriter.result("unknown") is None
