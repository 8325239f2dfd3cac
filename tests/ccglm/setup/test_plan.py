"""What `init` would write is planned completely, and what is there is respected."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ccglm.errors import PrerequisiteError, WouldOverwrite
from ccglm.files import apply_plan
from ccglm.paths import Paths
from ccglm.proxy.prepare import prepare
from ccglm.setup.plan import InitPlan, InitRequest, plan_init, preset_names
from ccglm.setup.probe import ProbeAnswer, ProbeTarget

ENVIRONMENT = {"CEREBRAS_API_KEY": "csk-0123456789abcdef", "ZAI_API_KEY": "zai-0123456789abcdef"}
LISTED = {
    "cerebras": frozenset({"zai-glm-4.7", "gpt-oss-120b"}),
    "zai": frozenset({"glm-4.7", "glm-5.3", "glm-4.5-air"}),
}


def listing(targets: Sequence[ProbeTarget]) -> list[ProbeAnswer]:
    return [ProbeAnswer(t.provider, t.key_name, LISTED[t.provider]) for t in targets]


def silent(targets: Sequence[ProbeTarget]) -> list[ProbeAnswer]:
    return [
        ProbeAnswer(t.provider, t.key_name, None, f"{t.provider} did not answer") for t in targets
    ]


class Setup:
    """Plans and applies `init` in one folder."""

    def __init__(self, folder: Path) -> None:
        self.paths = Paths(settings=folder / "home" / "ccglm.yaml", state=folder / "state")
        self.targets: list[ProbeTarget] = []

    def plan(
        self,
        environment: dict[str, str] | None = None,
        *,
        preset: str | None = None,
        force: bool = False,
    ) -> InitPlan:
        def probe(targets: Sequence[ProbeTarget]) -> list[ProbeAnswer]:
            self.targets = list(targets)
            return listing(targets)

        chosen = ENVIRONMENT if environment is None else environment
        return plan_init(InitRequest(self.paths, chosen, preset, force), ask=None, probe=probe)

    def init(self, environment: dict[str, str] | None = None, **options: object) -> InitPlan:
        plan = self.plan(environment, **options)  # pyright: ignore[reportArgumentType]
        apply_plan(plan.writes)
        return plan


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(tmp_path)


def test_planning_writes_nothing(setup: Setup) -> None:
    plan = setup.plan()
    assert [write.path.name for write in plan.changes] == [
        ".env",
        "ccglm.schema.json",
        "ccglm.yaml",
    ]
    assert not setup.paths.settings.parent.exists()
    assert plan.replaced == []


def test_what_is_written_can_be_used_without_the_environment(setup: Setup) -> None:
    plan = setup.init()
    prepared = prepare(setup.paths, {})
    assert prepared.hooks.chains["main"] == ("cerebras/zai-glm-4.7", "zai/glm-4.7")
    assert plan.chains["main"] == ("cerebras/zai-glm-4.7", "zai/glm-4.7")
    assert setup.paths.secrets.stat().st_mode & 0o777 == 0o600


def test_the_second_time_changes_nothing(setup: Setup) -> None:
    setup.init()
    for environment in (ENVIRONMENT, {}):
        again = setup.plan(environment)
        assert again.changes == []
        assert again.warnings == ()
        assert again.diff() == ""
    forced = setup.plan(force=True)
    assert forced.changes == []


def test_private_endpoints_are_asked_and_stored(setup: Setup) -> None:
    bases = {
        "CEREBRAS_API_BASE": "http://127.0.0.1:9/v1",
        "ZAI_API_BASE": "http://127.0.0.1:9/api/anthropic",
    }
    setup.init({**ENVIRONMENT, **bases})
    assert [target.url for target in setup.targets] == [
        "http://127.0.0.1:9/v1/models",
        "http://127.0.0.1:9/api/paas/v4/models",
    ]
    assert "http://127.0.0.1:9/v1" in prepare(setup.paths, {}).config_text


def test_the_chain_follows_what_the_keys_may_use(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(LISTED, "cerebras", frozenset({"gpt-oss-120b"}))
    plan = setup.plan()
    assert plan.chains["main"] == ("cerebras/gpt-oss-120b", "zai/glm-4.7")
    assert any("cerebras/zai-glm-4.7" in warning for warning in plan.warnings)


def test_one_key_is_enough(setup: Setup) -> None:
    plan = setup.init({"ZAI_API_KEY": ENVIRONMENT["ZAI_API_KEY"]})
    assert all(member.startswith("zai/") for chain in plan.chains.values() for member in chain)
    assert prepare(setup.paths, {}).warnings is not None


def test_no_key_at_all_is_something_to_do_first(setup: Setup) -> None:
    with pytest.raises(PrerequisiteError, match="no key of any provider") as caught:
        setup.plan({})
    assert "`CEREBRAS_API_KEY` or `ZAI_API_KEY`" in str(caught.value.hint)


def test_silent_providers_are_warnings(setup: Setup) -> None:
    request = InitRequest(setup.paths, ENVIRONMENT)
    plan = plan_init(request, ask=None, probe=silent)
    assert "cerebras did not answer" in plan.warnings
    assert plan.chains["main"] == ("cerebras/zai-glm-4.7", "zai/glm-4.7")


def test_missing_keys_are_asked_for(setup: Setup) -> None:
    questions: list[str] = []

    def ask(question: str) -> str:
        questions.append(question)
        return "typed-key-0123456789"

    request = InitRequest(setup.paths, {"ZAI_API_KEY": ENVIRONMENT["ZAI_API_KEY"]})
    apply_plan(plan_init(request, ask=ask, probe=listing).writes)
    assert questions == ["Cerebras API key, kept as CEREBRAS_API_KEY (empty: none)"]
    assert prepare(setup.paths, {}).variables["CEREBRAS_API_KEY"] == "typed-key-0123456789"


def test_settings_that_are_there_are_kept_and_completed(setup: Setup) -> None:
    setup.init()
    mine = setup.paths.settings.read_text() + "# mine\n"
    setup.paths.settings.write_text(mine)
    setup.paths.secrets.write_text("FOREIGN=1\nCEREBRAS_API_KEY=mine-mine-mine-1\n")
    plan = setup.init()
    assert setup.paths.settings.read_text() == mine
    lines = setup.paths.secrets.read_text().splitlines()
    assert lines[:2] == ["FOREIGN=1", "CEREBRAS_API_KEY=mine-mine-mine-1"]
    assert lines[2] == f"ZAI_API_KEY={ENVIRONMENT['ZAI_API_KEY']}"
    assert lines[3].startswith("CCGLM_MASTER_KEY=sk-ccglm-")
    assert plan.chains == {}


def test_a_key_that_kept_settings_need_and_nobody_has_is_told(setup: Setup) -> None:
    setup.init()
    setup.paths.secrets.unlink()
    assert setup.plan({"CEREBRAS_API_KEY": "c"}).warnings == ("`ZAI_API_KEY` is not set",)


def test_kept_settings_that_are_broken_stay_and_are_told(setup: Setup) -> None:
    setup.init()
    setup.paths.settings.write_text("models: [")
    plan = setup.init()
    assert "`ccglm validate` shows them" in plan.warnings[0]
    assert setup.paths.settings.read_text() == "models: ["


def test_another_preset_over_settings_that_are_there_needs_force(setup: Setup) -> None:
    setup.init()
    before = setup.paths.settings.read_text()
    with pytest.raises(WouldOverwrite, match="already") as caught:
        setup.plan(preset="zai")
    assert "--force" in str(caught.value.hint)
    plan = setup.plan(preset="zai", force=True)
    assert plan.replaced == [setup.paths.settings]
    (backup,) = apply_plan(plan.writes)
    assert backup.read_text() == before
    assert prepare(setup.paths, {}).hooks.chains["main"][0].startswith("zai/")


def test_forcing_another_key_keeps_the_old_one_in_a_backup(setup: Setup) -> None:
    setup.init()
    plan = setup.plan({**ENVIRONMENT, "ZAI_API_KEY": "another-key-0123456"}, force=True)
    assert plan.replaced == [setup.paths.secrets]
    (backup,) = apply_plan(plan.writes)
    assert ENVIRONMENT["ZAI_API_KEY"] in backup.read_text()
    assert backup.stat().st_mode & 0o777 == 0o600
    assert "another-key-0123456" in setup.paths.secrets.read_text()


@pytest.mark.parametrize("preset", preset_names())
def test_every_preset_gives_settings_that_work(preset: str, setup: Setup) -> None:
    setup.init(preset=preset)
    assert "main" in prepare(setup.paths, {}).hooks.chains


def test_the_demo_is_no_preset_of_init() -> None:
    assert "demo" not in preset_names()
    assert preset_names()[0] == "cerebras-zai"


def test_the_diff_shows_everything_but_secrets(setup: Setup) -> None:
    diff = setup.plan({**ENVIRONMENT, "ZAI_API_BASE": "http://127.0.0.1:9"}).diff()
    assert f"+++ {setup.paths.settings}" in diff
    assert "+ZAI_API_BASE=http://127.0.0.1:9" in diff
    assert "+CEREBRAS_API_KEY='csk-…ef'" in diff
    assert "ccglm.schema.json (the JSON schema of the settings)" in diff
    assert len(diff.splitlines()) < 120
    assert not any(key in diff for key in ENVIRONMENT.values())
