"""The errors a user can understand and act on.

Raised where the knowledge is, shown once by `ccglm.boundary`. Nothing here prints.

    CcglmError               exit 1    the command worked and the answer is no
      SettingsError          exit 3    settings or generated config invalid
      PrerequisiteError      exit 4    a key, a program or a permission is missing
      ProxyUnavailable       exit 5    the proxy is not running, or did not become ready
      ProviderFailure        exit 6    a provider refused, is out of quota, or failed
      WouldOverwrite         exit 1    something of the user's would be lost
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

from ccglm.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class ShownProblem(Protocol):
    """One mistake in a file, as `litellm_config.Problem` has it."""

    @property
    def file(self) -> str:
        """The file's name as the user knows it."""
        ...

    @property
    def line(self) -> int | None:
        """1-based; None when the mistake has no line."""
        ...

    @property
    def key(self) -> str:
        """Path of the key, such as `models.main[1]`."""
        ...

    @property
    def message(self) -> str:
        """What is wrong."""
        ...

    @property
    def severity(self) -> str:
        """`error` or `warning`."""
        ...


class CcglmError(Exception):
    """Something the user can understand and act on; shown without a traceback."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILURE
    code: ClassVar[str] = "failure"
    """Stable name of the kind of error in the JSON form."""

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        problems: Sequence[ShownProblem] = (),
        details: Sequence[str] = (),
        data: Mapping[str, object] | None = None,
    ) -> None:
        """Describe the error.

        Args:
            message: What is the case: first word lower case, no full stop.
            hint: What to do about it, with the command.
            problems: The single mistakes behind it, in file order.
            details: Lines shown below the message as they are, such as the end of a log.
            data: Fields that the JSON form carries beside `error`.
        """
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)
        self.details = tuple(details)
        self.data: dict[str, object] = dict(data or {})


class SettingsError(CcglmError):
    """The settings, or the config made from them, are invalid."""

    exit_code: ClassVar[ExitCode] = ExitCode.SETTINGS
    code: ClassVar[str] = "settings_invalid"


class PrerequisiteError(CcglmError):
    """The user must do something first: a key, a program or a permission is missing."""

    exit_code: ClassVar[ExitCode] = ExitCode.PREREQUISITE
    code: ClassVar[str] = "prerequisite_missing"


class ProxyUnavailable(CcglmError):  # noqa: N818 - named after the state, which is what is shown
    """The proxy is not running, did not become ready, or refuses us."""

    exit_code: ClassVar[ExitCode] = ExitCode.PROXY
    code: ClassVar[str] = "proxy_unavailable"


class ProviderFailure(CcglmError):  # noqa: N818 - named after the event
    """A provider refused, is out of quota, or failed."""

    exit_code: ClassVar[ExitCode] = ExitCode.PROVIDER
    code: ClassVar[str] = "provider_failed"


class WouldOverwrite(CcglmError):  # noqa: N818 - named after what was avoided
    """Going on would lose something of the user's; `--force` is needed."""

    code: ClassVar[str] = "would_overwrite"
