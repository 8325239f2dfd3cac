"""The soak in its short form: memory is read, nothing is lost, the curve is drawn."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from scripts.soak import Point, as_svg, as_table, growth

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "soak.py"
POINTS = [Point(0, 300.0, 0), Point(50, 400.0, 0), Point(100, 410.0, 1)]


def test_growth_is_that_of_the_second_half() -> None:
    assert growth(POINTS) == pytest.approx(0.025)


def test_the_table_names_the_last_point() -> None:
    assert as_table(POINTS, 0.025).splitlines()[-2:] == [
        "      100       410       1",
        "growth over the second half: +2.5%",
    ]


def test_the_picture_is_one_line_over_all_points() -> None:
    drawn = ET.fromstring(as_svg(POINTS)).find("{http://www.w3.org/2000/svg}polyline")
    assert drawn is not None
    places = [tuple(map(float, pair.split(","))) for pair in drawn.attrib["points"].split()]
    assert [x for x, _ in places] == [60.0, 340.0, 620.0]
    assert places[2][1] < places[1][1] < places[0][1]


@pytest.mark.proxy
def test_a_short_soak_loses_nothing(tmp_path: Path) -> None:
    picture = tmp_path / "soak.svg"
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--requests", "400", "--json", "--plot", str(picture)],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    document = json.loads(done.stdout)
    assert document["points"][-1]["requests"] == 400, done.stderr
    assert document["points"][-1]["errors"] == 0
    assert document["growth"] < 0.2
    assert picture.read_text().startswith("<svg")
