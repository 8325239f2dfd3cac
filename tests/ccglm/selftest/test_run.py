"""Which models are asked what, and what that costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccglm.errors import PrerequisiteError
from ccglm.proxy.address import ProxyAddress
from ccglm.selftest.run import Plan, plan_for, run_self_test
from ccglm.selftest.steps import State
from litellm_config.build import build_hook_settings
from litellm_config.catalog import read_catalog
from litellm_config.load import load_settings
from tests.helpers.ccglm_home import write_home
from tests.helpers.model_facts import some_facts
from tests.helpers.scripted_messages import Script, serve_script

MEMBERS = ["cerebras/zai-glm-4.7", "zai/glm-4.7", "zai/glm-4.5-air"]


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    home = write_home(tmp_path, models={"main": MEMBERS[:2], "small": [MEMBERS[2], MEMBERS[1]]})
    secrets = dict(line.split("=", 1) for line in (home / ".env").read_text().splitlines())
    loaded = load_settings(home / "ccglm.yaml", secrets, {})
    assert loaded.settings is not None
    path = tmp_path / "hooks.json"
    settings = build_hook_settings(loaded.settings, read_catalog(), usage_db_path=tmp_path / "u.db")
    path.write_text(settings.to_json())
    return path


def test_every_member_of_every_chain_is_asked_once(hooks: Path) -> None:
    plan = plan_for(hooks)
    assert list(plan.models) == MEMBERS
    assert all(plan.models.values())
    assert plan.refused_tokens == 0


def test_some_of_them_only(hooks: Path) -> None:
    assert list(plan_for(hooks, only=["zai/glm-4.7"]).models) == ["zai/glm-4.7"]
    with pytest.raises(ValueError, match=r"zai/x: in no chain; there are cerebras/zai-glm-4.7, "):
        plan_for(hooks, only=["zai/x", "zai/glm-4.7"])


@pytest.mark.parametrize("text", [None, "{}"])
def test_settings_that_cannot_be_read_say_so(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "hooks.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(PrerequisiteError, match="cannot be read"):
        plan_for(path)


def test_the_cost_is_known_before() -> None:
    free = some_facts(input_usd_per_mtok=None)
    plan = Plan({"a/a": some_facts(), "b/b": some_facts(), "c/c": None, "d/d": free}, overflow=True)
    assert plan.tokens == 24_000
    assert plan.cost_usd == pytest.approx(2 * 3000 * (1 + 2) / 1e6)
    assert plan.refused_tokens == 3 * 1250
    assert Plan({"c/c": None}).cost_usd is None


def test_all_models_are_asked_and_a_failure_stops_nothing() -> None:
    script = Script()
    for number in range(14):
        script.refuse(500, f"broken {number}")
    told: list[str] = []
    plan = Plan({"a/a": some_facts(), "b/b": some_facts()}, overflow=True)
    with serve_script(script) as url:
        found = run_self_test(plan, ProxyAddress(url, "t"), told.append)
    assert [outcome.member for outcome in found.outcomes] == ["a/a"] * 7 + ["b/b"] * 7
    assert {outcome.state for outcome in found.outcomes} == {State.FAILED}
    assert len(found.failed) == 14
    assert found.outcomes[6].name == "overflow"
    assert "a/a: thinking" in told
    assert {body["model"] for body in script.asked} == {"a/a", "b/b"}
