"""The public face of the usage store, and that it costs no import of LiteLLM."""

from __future__ import annotations

import subprocess
import sys
from inspect import getmodule

import callbacks.usage_store as store


def test_every_public_name_is_there_and_in_order() -> None:
    assert sorted(store.__all__) == store.__all__
    for name in store.__all__:
        module = getmodule(getattr(store, name))
        assert module is not None
        assert module.__name__.startswith("callbacks.usage_")


def test_the_store_does_not_load_litellm() -> None:
    code = "import sys, callbacks.usage_store; print('litellm' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"
