"""The list of cases is long enough, described, and can be selected from."""

from __future__ import annotations

import pytest

from scripts.conformance.registry import SURFACES, Surface, all_cases, case, select

CASES = all_cases()


def test_every_surface_has_at_least_120_cases() -> None:
    functions = {made.run for made in CASES}
    assert len(functions) >= 120
    for surface in SURFACES:
        assert len({made.run for made in select(CASES, surface)}) >= 120


def test_every_case_says_in_one_sentence_what_must_hold() -> None:
    for made in CASES:
        assert made.description.endswith("."), made.name
        assert 20 < len(made.description) < 160, made.name


def test_every_topic_of_the_conformance_work_has_a_group() -> None:
    groups = {made.group for made in CASES}
    assert groups >= {
        "text", "system", "thinking", "tools", "parallel tools", "tool results", "tool faults", "images", "documents",
        "streaming", "stop reasons", "usage", "count_tokens", "errors", "overflow", "fallback", "headers",
        "unknown fields", "long prompts", "concurrency", "model names", "non-streaming", "OpenAI endpoint", "SDK",
    }  # fmt: skip


def test_names_are_unique_and_two_of_one_name_are_refused() -> None:
    names = [made.name for made in CASES]
    assert len(set(names)) == len(names)

    async def short_answer(_: object) -> None: ...

    with pytest.raises(ValueError, match="text/short-answer"):
        case("text")(short_answer)


def test_cases_that_disturb_come_last() -> None:
    faults = [made.fault for made in CASES]
    assert faults == sorted(faults)


def test_a_twin_asks_without_streaming() -> None:
    twin = next(made for made in CASES if made.name == "non-streaming/text-short-answer")
    assert not twin.stream
    assert twin.description.startswith("Without streaming: a short answer")


@pytest.mark.parametrize(
    ("only", "names"),
    [
        (["text/short-*"], {"text/short-answer"}),
        (["text/short-answer", "text/long-answer"], {"text/short-answer", "text/long-answer"}),
        (["overflow"], {made.name for made in CASES if made.group == "overflow"}),
        (["no-such"], set()),
    ],
)
def test_cases_are_selected_by_name_and_group(only: list[str], names: set[str]) -> None:
    found = {made.name for surface in SURFACES for made in select(CASES, surface, only=only)}
    assert found == names


def test_cases_of_other_surfaces_fallback_and_slow_ones_are_left_out() -> None:
    for surface in SURFACES:
        chosen = select(CASES, surface, fallback=False, quick=True)
        assert all(surface in made.surfaces for made in chosen)
        assert not any(made.fallback or made.slow for made in chosen)
    only_there: Surface = "cerebras"
    assert len(select(CASES, only_there)) > len(select(CASES, only_there, quick=True))
