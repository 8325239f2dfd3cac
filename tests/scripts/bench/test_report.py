"""The report's arithmetic and its two forms."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from scripts.bench.load import Timing
from scripts.bench.report import percentile, render_svg, render_text, summarize


def rows() -> list[object]:
    timing = [Timing(first_ms=200.0, total_ms=1000.0)] * 2
    slow = [Timing(first_ms=230.0, total_ms=1100.0), Timing(error="lost")]
    return [
        summarize("direct", "2 streams", [(timing, 1.0, 0.0)], 100, 0),
        summarize("ccglm <x>", "2 streams", [(slow, 1.25, 0.05)], 100, 300.0),
    ]


def test_ratios_compare_with_the_direct_run_of_the_same_load() -> None:
    lines = render_text(rows()).splitlines()  # pyright: ignore[reportArgumentType]
    assert lines[1].split()[-9:] == ["200", "1.000", "+0.0", "+0.0", "1.000", "-", "-", "-", "0"]
    assert lines[2].split()[-9:] == ["80", "0.400", "+30.0", "+30.0", "1.100", "500.0", "50.0", "300", "1"]  # fmt: skip


def test_the_picture_is_well_formed_and_escapes_names() -> None:
    tree = ET.fromstring(render_svg(rows()))  # pyright: ignore[reportArgumentType]
    texts = [element.text for element in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert "ccglm <x>" in texts
    assert "80 tok/s" in texts


def test_percentiles_of_few_values() -> None:
    assert percentile([], 0.95) == 0.0
    assert percentile([3.0, 1.0, 2.0], 0.95) == 3.0
    assert percentile([3.0, 1.0, 2.0], 0.0) == 1.0
