"""docs/conformance.md is complete: every row has a test that exists, every property we know is in it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from callbacks.dialects import cerebras, zai_anthropic, zai_openai
from callbacks.translate import endings, request
from callbacks.translate.reply_stream import Usage
from callbacks.translate.rules import ChatRules
from scripts.conformance.registry import all_cases
from tests.helpers.dialects import CEREBRAS_FACTS, ZAI_FACTS, a_target, facts

TESTS = Path(__file__).resolve().parent
TEXT = (TESTS.parent / "docs" / "conformance.md").read_text(encoding="utf-8")
COLUMNS = ["Cerebras", "Z.ai OpenAI, coding", "Z.ai Anthropic"]


class Row(NamedTuple):
    """One row: the column's name to its cell."""

    cells: dict[str, str]

    @property
    def test(self) -> str:
        return self.cells["test"].strip("`")

    def words(self, column: str) -> set[str]:
        return set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"`([^`]+)`", self.cells[column]))))  # fmt: skip


def rows() -> list[Row]:
    found: list[Row] = []
    header: list[str] = []
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line[:1] == "|" else []
        if not cells or line.startswith("|---"):
            header = header if cells else []
        elif not header:
            header = [cell.strip(" `") for cell in cells]
        else:
            assert len(cells) == len(header), line
            found.append(Row(dict(zip(header, cells, strict=True))))
    return found


ROWS = rows()


@cache
def case_names() -> frozenset[str]:
    return frozenset(case.name for case in all_cases())


@pytest.mark.parametrize("name", sorted({row.test for row in ROWS}))
def test_every_row_names_a_test_that_exists(name: str) -> None:
    path, _, function = name.partition("::")
    if function:
        assert f"def {function}(" in (TESTS / path).read_text(encoding="utf-8")
    else:
        assert name in case_names()


def test_every_case_and_test_in_the_text_exists() -> None:
    prose = [line for line in TEXT.splitlines() if not line.startswith("|")]
    found = re.findall(r"(?:`|--only )([a-z_ ]+/[a-z-]+)`", "\n".join(prose))
    named = set(found) - {"group/case"}
    assert named == {"unknown fields/from-the-future", "tools/one-call"}
    assert named <= case_names()


def chat_words(rules: ChatRules) -> set[str]:
    """Return every name that may stand in a body made by these rules."""
    keys = {key for allowed in rules.message_keys.values() for key in allowed}
    return {*rules.properties, *keys, rules.max_tokens_key, *rules.extra_body, *rules.extra_stream_body}  # fmt: skip


def test_every_property_that_may_leave_is_there() -> None:
    glm = facts(CEREBRAS_FACTS)
    air = facts(
        ZAI_FACTS, reasoning_history="reasoning_content", clear_thinking=True, tool_stream=True
    )
    known = {
        "Cerebras": chat_words(cerebras.rules_for(a_target(glm))),
        "Z.ai OpenAI, coding": chat_words(zai_openai.rules_for(a_target(air))),
        "Z.ai Anthropic": set(zai_anthropic.rules_for(a_target(facts(ZAI_FACTS))).properties or ()),
    }
    assert list(known) == COLUMNS
    for column, properties in known.items():
        # "the same" repeats the cell to the left.
        shown: set[str] = set()
        for row in ROWS:
            if column not in row.cells:
                continue
            at = COLUMNS.index(column)
            while at and re.match(r".*\bthe same\b", row.cells[COLUMNS[at]]):
                shown |= row.words(COLUMNS[at])
                at -= 1
            shown |= row.words(COLUMNS[at])
        assert properties - shown == set(), column


def test_every_property_of_a_client_that_is_translated_is_there() -> None:
    told = {word for row in ROWS if "Anthropic" in row.cells for word in row.words("Anthropic")}
    assert request._TRANSLATED - told == set()


def test_every_finish_reason_and_what_it_becomes_is_there() -> None:
    pairs = [
        (name, row.cells["stop_reason"])
        for row in ROWS
        if "finish reason" in row.cells
        for name in row.words("finish reason")
    ]
    for reason, stop in endings._STOP_REASONS.items():
        told = [cell for name, cell in pairs if name == reason]
        assert any(f"`{stop}`" in cell or cell.startswith("the same") for cell in told), reason
    assert "network_error" in {name for name, _ in pairs}


def test_every_number_of_the_usage_is_there() -> None:
    usage = Usage(input_tokens=1, cached_tokens=2, output_tokens=3, estimated=False).as_anthropic()
    told = {word for row in ROWS if "provider" in row.cells for word in row.words("Anthropic")}
    assert {key for key, value in usage.items() if value} <= told
