"""The document says what the table of causes does, and every row names a test that exists."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from callbacks.dialects.causes import Cause
from scripts.fallback_table import DOCUMENT, TESTS, table, with_table

ROOT = Path(__file__).resolve().parents[2]


def test_the_document_has_the_table_of_now() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert with_table(text) == text, "run `python scripts/fallback_table.py --write`"


@pytest.mark.parametrize("cause", list(Cause))
def test_every_cause_names_a_test_that_exists(cause: Cause) -> None:
    path, _, name = TESTS[cause].partition("::")
    assert f"def {name}(" in (ROOT / "tests" / path).read_text(encoding="utf-8")


def test_it_prints_the_table() -> None:
    script = ROOT / "scripts" / "fallback_table.py"
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == table()
