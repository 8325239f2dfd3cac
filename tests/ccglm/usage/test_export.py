"""Every line is one request and one JSON object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from callbacks.usage_export import PAGE_ROWS
from callbacks.usage_queries import Span
from ccglm.errors import PrerequisiteError
from ccglm.usage.export import jsonl_pages
from tests.helpers.usage_builders import NOON_MS, a_big_store, a_store, a_usage_row

if TYPE_CHECKING:
    from pathlib import Path

ALWAYS = Span(0, NOON_MS * 2)


def test_each_request_is_a_line(tmp_path: Path) -> None:
    path = a_big_store(tmp_path / "usage.db", PAGE_ROWS + 3)

    pages = list(jsonl_pages(path, ALWAYS))

    assert [page.count("\n") for page in pages] == [PAGE_ROWS, 3]
    lines = "".join(pages).splitlines()
    assert len({json.loads(line)["request_id"] for line in lines}) == PAGE_ROWS + 3


def test_line_breaks_in_names_stay_inside_their_line(tmp_path: Path) -> None:
    path = a_store(tmp_path / "usage.db", [a_usage_row(project="a\nb\u2028c", role="é")])

    (page,) = jsonl_pages(path, ALWAYS)

    assert json.loads(page)["project"] == "a\nb\u2028c"
    assert page.count("\n") == 1


def test_a_missing_store_has_no_lines_and_a_damaged_one_says_so(tmp_path: Path) -> None:
    assert list(jsonl_pages(tmp_path / "usage.db", ALWAYS)) == []
    (tmp_path / "usage.db").write_bytes(b"?" * 5000)
    with pytest.raises(PrerequisiteError, match="damaged"):
        list(jsonl_pages(tmp_path / "usage.db", ALWAYS))
