"""Every check, in the order of the report: what the others rest on comes first."""

from __future__ import annotations

from typing import Final

from ccglm.doctor import (
    checks_claude_code,
    checks_claude_variables,
    checks_files,
    checks_installation,
    checks_machine,
    checks_provider,
    checks_proxy,
    checks_settings,
)
from ccglm.doctor.installation import SEAM_TIMEOUT_S
from ccglm.doctor.model import Check

_ONLINE_TIMEOUT_S: Final = 30.0
"""A model list within 3 s and one request within 12 s, with every key at once."""

CHECKS: Final = (
    Check("python", "is this Python one that ccglm is made for", checks_installation.examine_python),
    Check("packages", "are the packages the proxy imports ours", checks_installation.examine_packages),
    Check("litellm", "is LiteLLM of a version that was tried", checks_installation.examine_litellm),
    Check(
        "seam", "does LiteLLM have what our dialects hold on to, and take the generated config",
        checks_installation.examine_seam, timeout_s=SEAM_TIMEOUT_S + 5.0,
    ),
    Check("disk", "is there room for the usage store and the logs", checks_machine.examine_disk),
    Check(
        "network", "do the variables for proxies and certificates make sense",
        checks_machine.examine_network_variables,
    ),
    Check("files", "are keys readable by you alone, folders writable", checks_files.examine_files),
    Check("settings", "are the settings valid, every key there", checks_settings.examine_settings),
    Check("generated", "is the generated config up to date", checks_settings.examine_generated),
    Check("usage-store", "can the usage store be read", checks_files.examine_usage_store),
    Check("port", "is the port free, or ours", checks_proxy.examine_port),
    Check("proxy", "does the proxy run and answer", checks_proxy.examine_proxy),
    Check("warm", "is the proxy warm", checks_proxy.examine_warm),
    Check("version", "does the proxy run the installed version", checks_proxy.examine_version),
    Check("token", "does the proxy take the token", checks_proxy.examine_token),
    Check("claude", "is Claude Code there, and its version known", checks_claude_code.examine_client),
    Check(
        "claude-files", "which settings files Claude Code reads here, and are they whole",
        checks_claude_code.examine_client_files,
    ),
    Check(
        "claude-address", "do Claude Code's requests go to the proxy, with its token",
        checks_claude_code.examine_client_address,
    ),
    Check(
        "claude-conflicts", "do Claude Code's variables and settings contradict each other",
        checks_claude_variables.examine_conflicts,
    ),
    Check(
        "claude-models", "does the proxy know the models Claude Code asks for",
        checks_claude_variables.examine_model_names,
    ),
    Check(
        "claude-window", "does Claude Code know the real context window",
        checks_claude_variables.examine_window,
    ),
    Check(
        "reach", "can the providers be reached: name, connection, encryption",
        checks_provider.examine_reach, online=True, timeout_s=_ONLINE_TIMEOUT_S,
    ),
    Check(
        "keys", "do the providers accept every key",
        checks_provider.examine_keys, online=True, timeout_s=_ONLINE_TIMEOUT_S,
    ),
    Check(
        "models", "do the providers list the models of the chains",
        checks_provider.examine_models, online=True, timeout_s=_ONLINE_TIMEOUT_S,
    ),
    Check(
        "balance", "have the accounts credit, or a package",
        checks_provider.examine_balance, online=True, timeout_s=_ONLINE_TIMEOUT_S,
    ),
    Check(
        "quota", "have the plans quota left, and the models in use",
        checks_provider.examine_quota, online=True, timeout_s=_ONLINE_TIMEOUT_S,
    ),
    Check(
        "clock", "does this machine's clock agree with the providers'",
        checks_provider.examine_clock, online=True, timeout_s=_ONLINE_TIMEOUT_S,
    ),
)  # fmt: skip
"""Changing the order changes the report only; they run side by side."""
