"""The only module LiteLLM loads: reads the hook settings, registers the dialects, builds the hooks in order.

The generated config names `callbacks.entrypoint.proxy_hooks`. LiteLLM may load this module a second time under
another name, so it keeps nothing that matters and nobody imports it.
"""

from __future__ import annotations

import os
from pathlib import Path

from callbacks import litellm_seam
from callbacks.assembly import assemble
from litellm_config.hook_settings import read_hook_settings

SETTINGS_VARIABLE = "CCGLM_HOOK_SETTINGS"

litellm_seam.install()
proxy_hooks = assemble(
    read_hook_settings(Path(os.environ[SETTINGS_VARIABLE]))  # noqa: TID251  read once, here
)
