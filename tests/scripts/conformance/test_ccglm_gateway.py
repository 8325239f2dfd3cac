"""ccglm is set up so that its first provider is the one the cases are about."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccglm.errors import PrerequisiteError
from litellm_config.load import load_settings
from scripts.conformance.ccglm_gateway import CHAINS, TOKEN, address_of, settings
from scripts.conformance.registry import SURFACES, Surface

KEYS = {"CEREBRAS_API_KEY": "a", "ZAI_API_KEY": "b", "CCGLM_MASTER_KEY": TOKEN}


@pytest.mark.parametrize("surface", SURFACES)
def test_the_settings_are_valid_and_lead_to_the_surface(surface: Surface, tmp_path: Path) -> None:
    path = tmp_path / "ccglm.yaml"
    path.write_text(settings(surface))
    loaded = load_settings(path, KEYS, {})
    assert loaded.settings is not None, loaded.problems
    assert [str(p) for p in loaded.problems if p.severity == "error"] == []
    first, second = CHAINS[surface]
    assert list(loaded.settings.models["main"]) == [first, second]
    assert first.split("/")[0] == ("cerebras" if surface == "cerebras" else "zai")
    if surface != "cerebras":
        assert f"zai-{loaded.settings.providers['zai'].surface}" == surface


def test_a_status_without_an_address_is_said() -> None:
    assert address_of({"address": "http://127.0.0.1:1"}) == "http://127.0.0.1:1"
    with pytest.raises(PrerequisiteError, match="names no address"):
        address_of({"running": False})
