"""Absent modules fail at once, with the same exception; present ones are left alone."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import litellm
import pytest

from callbacks.litellm_imports import TRIED_EACH_REQUEST, remember_absent


def test_an_absent_module_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "ccglm_no_such_module", raising=False)
    assert remember_absent(["ccglm_no_such_module"]) == ["ccglm_no_such_module"]
    monkeypatch.setitem(sys.modules, "ccglm_no_such_module", sys.modules["ccglm_no_such_module"])
    with pytest.raises(ModuleNotFoundError):
        import_module("ccglm_no_such_module")
    with pytest.raises(ModuleNotFoundError):
        import_module("ccglm_no_such_module.errors")


def test_a_present_module_stays() -> None:
    assert remember_absent(["json"]) == []
    assert sys.modules["json"] is import_module("json")


def test_litellm_still_tries_them() -> None:
    places = ("auth/user_api_key_auth.py", "db/log_db_metrics.py")
    for name, place in zip(TRIED_EACH_REQUEST, places, strict=True):
        source = (Path(str(litellm.__file__)).parent / "proxy" / place).read_text()
        assert f"from {name}" in source, f"LiteLLM no longer imports {name} on each request"
