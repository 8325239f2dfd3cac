"""What the run came to, for people, for programs, and side by side."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from scripts.conformance.expect import CaseFailed
from scripts.conformance.registry import Case
from scripts.conformance.reply import Json
from scripts.conformance.runner import Outcome


def document(outcomes: Sequence[Outcome], **about: Any) -> Json:
    """Return the run as JSON-ready data: totals, a row a group, a row a case.

    Args:
        outcomes: What came of the cases, in the order they ran.
        about: What was run, put in front.
    """
    totals = Counter(outcome.verdict for outcome in outcomes)
    return {
        "ok": not totals["failed"] and bool(totals["passed"]),
        **about,
        "cases": len(outcomes),
        "passed": totals["passed"],
        "failed": totals["failed"],
        "skipped": totals["skipped"],
        "groups": groups(outcomes),
        "results": [
            {
                "name": outcome.case.name,
                "description": outcome.case.description,
                "verdict": outcome.verdict,
                "reason": outcome.reason,
                "duration_ms": round(outcome.duration_ms, 1),
                "guess": outcome.position,
            }
            for outcome in outcomes
        ],
    }


def groups(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Return passed, failed and skipped by group, in the order the groups first ran."""
    table: dict[str, dict[str, int]] = {}
    for outcome in outcomes:
        row = table.setdefault(outcome.case.group, {"passed": 0, "failed": 0, "skipped": 0})
        row[outcome.verdict] += 1
    return table


def print_report(outcomes: Sequence[Outcome], out: TextIO) -> None:
    """Write failures with their reasons, the table by group, and the verdict."""
    failed = [outcome for outcome in outcomes if outcome.verdict == "failed"]
    if failed:
        print("failed:", file=out)
    for outcome in failed:
        guess = f" [{outcome.position}]" if outcome.position else ""
        print(f"  {outcome.case.name}{guess}\n      {outcome.case.description}", file=out)
        print(f"      {one_line(outcome.reason)}", file=out)
    print(f"\n{'group':<22}{'passed':>8}{'failed':>8}{'skipped':>9}", file=out)
    for group, row in groups(outcomes).items():
        print(f"{group:<22}{row['passed']:>8}{row['failed']:>8}{row['skipped']:>9}", file=out)
    totals = Counter(outcome.verdict for outcome in outcomes)
    sums = f"{totals['passed']:>8}{totals['failed']:>8}{totals['skipped']:>9}"
    print(f"{'all':<22}{sums}", file=out)
    print(f"\n{verdict_line(outcomes)}", file=out)


def verdict_line(outcomes: Sequence[Outcome]) -> str:
    """Return the last line: what the run says of the gateway."""
    failed = sum(outcome.verdict == "failed" for outcome in outcomes)
    if failed:
        return f"failed: {failed} of {len(outcomes)} cases"
    if not any(outcome.verdict == "passed" for outcome in outcomes):
        return "failed: no case ran"
    return "ok: every case passed"


def one_line(reason: str, limit: int = 400) -> str:
    """Return a reason on one line, without control characters, not too long."""
    text = " ".join("".join(c if c.isprintable() else " " for c in reason).split())
    return text if len(text) <= limit else text[: limit - 3] + "..."


def print_list(cases: Sequence[Case], out: TextIO, *, as_json: bool) -> None:
    """Write the cases with their descriptions, as lines or as JSON."""
    if as_json:
        rows = [
            {
                "name": made.name,
                "group": made.group,
                "description": made.description,
                "surfaces": list(made.surfaces),
                "stream": made.stream,
                "slow": made.slow,
                "fallback": made.fallback,
            }
            for made in cases
        ]
        print(json.dumps(rows, indent=2), file=out)
        return
    for made in cases:
        print(f"{made.name}\n    {made.description}", file=out)
    print(f"\n{len(cases)} cases", file=out)


def comparison(files: Sequence[str]) -> str:
    """Return a Markdown table of several runs side by side: passed of all, by group.

    Args:
        files: `NAME=FILE[,FILE]` each, the files as written by `--json`; several files are one gateway's runs.

    Raises:
        CaseFailed: An argument has no name, or a file is not a run.
    """
    runs: dict[str, Json] = {}
    for each in files:
        name, _, paths = each.partition("=")
        try:
            for path in paths.split(","):
                runs.setdefault(name, {}).update(json.loads(Path(path).read_text())["groups"])
        except (OSError, ValueError, KeyError, TypeError) as err:
            raise CaseFailed(f"{each}: not NAME=FILE with a run in it") from err
    order = list(dict.fromkeys(group for run in runs.values() for group in run))
    lines = [f"| group | {' | '.join(runs)} |", f"|---|{'---:|' * len(runs)}"]
    lines += [
        f"| {group} | {' | '.join(_share(run.get(group)) for run in runs.values())} |"
        for group in order
    ]
    sums = [_share(_sum(run)) for run in runs.values()]
    lines.append(f"| **all** | {' | '.join(f'**{each}**' for each in sums)} |")
    return "\n".join(lines)


def _share(row: dict[str, int] | None) -> str:
    if not row or not row["passed"] + row["failed"]:
        return "-"
    return f"{row['passed']} of {row['passed'] + row['failed']}"


def _sum(run: dict[str, dict[str, int]]) -> dict[str, int]:
    names = ("passed", "failed")
    return {name: sum(row[name] for row in run.values()) for name in names}
