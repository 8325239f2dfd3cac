"""Only names of variables are left under `keys`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.report.settings_text import shown_settings
from tests.helpers.homes import settings_with

WORDS = st.text("abcdefghij0123456789-", min_size=4, max_size=40).map(lambda word: f"k{word}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("keys: [CEREBRAS_API_KEY]", "keys: [CEREBRAS_API_KEY]"),
        ("  zai: {keys: [ZAI_API_KEY], surface: coding}", "  zai: {keys: [ZAI_API_KEY], surface: coding}"),
        ("keys: [abc-def, ZAI_2]  # mine", "keys: [<hidden>, ZAI_2]  # mine"),
        ("keys: 'abc-def'", "keys: '<hidden>'"),
        ("keys: [ABCDEF0123456789ABCDEF]", "keys: [<hidden>]"),
        ("keys:\n  - abc-def\n  - ZAI_2\nport: 3", "keys:\n  - <hidden>\n  - ZAI_2\nport: 3"),
        ("keys: [\n  abc-def,\n  ZAI_2\n]\nport: 3", "keys: [\n  <hidden>,\n  ZAI_2\n]\nport: 3"),
        ("models:\n  main:\n    - zai/glm-4.7", "models:\n  main:\n    - zai/glm-4.7"),
        ('"keys": ["abc"]', '"keys": ["<hidden>"]'),
    ],
)  # fmt: skip
def test_what_names_no_variable_is_hidden(text: str, shown: str) -> None:
    assert "\n".join(shown_settings(text)) == shown


@given(
    keys=st.lists(WORDS, min_size=1, max_size=4), form=st.sampled_from(["flow", "block", "line"])
)
def test_no_key_is_left_in_any_form(keys: list[str], form: str) -> None:
    flow, block = ", ".join(keys), "\n".join(f"      - {key}" for key in keys)
    texts = {
        "flow": f"providers:\n  zai: {{keys: [{flow}], surface: openai}}\n",
        "block": f"providers:\n  zai:\n    keys:\n{block}\n    surface: openai\n",
        "line": f"providers:\n  zai:\n    keys: [{flow}\n",
    }
    shown = "\n".join(shown_settings(texts[form]))
    assert not any(key in shown for key in keys)
    assert "zai" in shown


@given(st.text())
def test_any_text_keeps_its_number_of_lines(text: str) -> None:
    assert len(shown_settings(text)) == len(text.splitlines())


def test_usual_settings_stay_as_they_are() -> None:
    import yaml

    text = yaml.safe_dump(settings_with(server={"port": 4000}), sort_keys=False)
    assert shown_settings(text) == text.splitlines()
