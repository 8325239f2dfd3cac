"""What people and programs are told of a run."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from scripts.conformance.expect import CaseFailed
from scripts.conformance.registry import all_cases
from scripts.conformance.report import comparison, document, one_line, print_list, print_report
from scripts.conformance.runner import Outcome

TEXT, TOOLS = (
    next(made for made in all_cases() if made.name == name)
    for name in ("text/short-answer", "tools/one-call")
)
RUN = [
    Outcome(TEXT, "passed", "", 12.0),
    Outcome(TOOLS, "failed", "name is\n\x1b[31m'Rd'", 3.0, "wording=second"),
    Outcome(TOOLS, "skipped", "not there", 1.0),
]


def test_the_report_shows_failures_reasons_and_a_row_a_group() -> None:
    out = io.StringIO()
    print_report(RUN, out)
    text = out.getvalue()
    assert "tools/one-call [wording=second]" in text
    assert "name is [31m'Rd'" in text
    assert "\x1b" not in text
    assert "tools                        0       1        1" in text
    assert text.endswith("failed: 1 of 3 cases\n")


def test_a_clean_run_says_so_and_an_empty_one_is_no_success() -> None:
    for outcomes, last in ((RUN[:1], "ok: every case passed"), ([], "failed: no case ran")):
        out = io.StringIO()
        print_report(outcomes, out)
        assert out.getvalue().rstrip().endswith(last)
        assert document(outcomes)["ok"] is (last == "ok: every case passed")


def test_the_document_has_totals_groups_and_a_row_a_case() -> None:
    made = document(RUN, surface="cerebras")
    assert (made["ok"], made["passed"], made["failed"], made["skipped"]) == (False, 1, 1, 1)
    assert made["groups"]["tools"] == {"passed": 0, "failed": 1, "skipped": 1}
    assert made["results"][1]["guess"] == "wording=second"
    assert made["surface"] == "cerebras"


def test_runs_stand_side_by_side(tmp_path: Path) -> None:
    for name, outcomes in (("a", RUN), ("b", RUN[:1])):
        (tmp_path / f"{name}.json").write_text(json.dumps(document(outcomes)))
    table = comparison([f"ours={tmp_path}/b.json,{tmp_path}/a.json", f"peer={tmp_path}/b.json"])
    assert table.splitlines() == [
        "| group | ours | peer |",
        "|---|---:|---:|",
        "| text | 1 of 1 | 1 of 1 |",
        "| tools | 0 of 1 | - |",
        "| **all** | **1 of 2** | **1 of 1** |",
    ]


def test_a_file_that_is_no_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]")
    for argument in (f"x={tmp_path}/x.json", f"x={tmp_path}/missing.json", "nonsense"):
        with pytest.raises(CaseFailed, match="NAME=FILE"):
            comparison([argument])


def test_the_list_has_names_and_descriptions() -> None:
    out = io.StringIO()
    print_list([TEXT], out, as_json=False)
    assert out.getvalue() == f"text/short-answer\n    {TEXT.description}\n\n1 cases\n"
    out = io.StringIO()
    print_list([TEXT], out, as_json=True)
    assert json.loads(out.getvalue())[0]["description"] == TEXT.description


def test_a_reason_stays_on_one_line() -> None:
    assert one_line("a\n  b\tc") == "a b c"
    assert len(one_line("x" * 1000)) == 400
