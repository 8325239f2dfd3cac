"""Every error kind has its exit code and its stable name."""

import pytest

from ccglm import errors
from ccglm.errors import CcglmError
from ccglm.exit_codes import ExitCode


@pytest.mark.parametrize(
    ("kind", "exit_code", "code"),
    [
        (errors.CcglmError, ExitCode.FAILURE, "failure"),
        (errors.SettingsError, ExitCode.SETTINGS, "settings_invalid"),
        (errors.PrerequisiteError, ExitCode.PREREQUISITE, "prerequisite_missing"),
        (errors.ProxyUnavailable, ExitCode.PROXY, "proxy_unavailable"),
        (errors.ProviderFailure, ExitCode.PROVIDER, "provider_failed"),
        (errors.WouldOverwrite, ExitCode.FAILURE, "would_overwrite"),
    ],
)
def test_a_kind_has_its_code(kind: type[CcglmError], exit_code: ExitCode, code: str) -> None:
    error = kind("something is so", hint="do this")
    assert (error.exit_code, error.code, error.message, error.hint) == (
        exit_code, code, "something is so", "do this",
    )  # fmt: skip
    assert str(error) == "something is so"
