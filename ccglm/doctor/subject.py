"""What is examined: one user's set-up on this machine. Several checks share what is costly to find out."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from ccglm.doctor.model import NotApplicable
from ccglm.doctor.once import Once
from ccglm.dotenv_file import read_dotenv
from ccglm.errors import CcglmError
from ccglm.proxy.active import find_active
from ccglm.proxy.run_record import url_host
from ccglm.redaction import Redactor, known_secrets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ccglm.context import AppContext
    from ccglm.doctor.client_settings import ClientSettings
    from ccglm.doctor.installation import Installation
    from ccglm.doctor.provider_calls import CallAnswer
    from ccglm.proxy.active import ActiveProxy
    from ccglm.proxy.prepare import Prepared
    from ccglm.setup.probe import ProbeAnswer
    from litellm_config.hook_settings import HookSettings
    from litellm_config.load import Loaded

FREE_BYTES: Final = 200_000_000
"""The usage store, the logs of `logging.max_bytes` and LiteLLM's temporary files fit in that."""


@dataclass(frozen=True)
class Machine:
    """What the checks ask of the machine."""

    python: Sequence[str] = (sys.executable, "-P")
    """How the proxy's Python is started; `-P` keeps the working folder from being searched for modules."""
    python_version: tuple[int, int] = (sys.version_info[0], sys.version_info[1])
    free_bytes: int = FREE_BYTES
    """How much of the disk must be free."""


class Address(NamedTuple):
    """Where a proxy listens, or would."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """What a client on this machine is told, without `/v1`."""
        return f"http://{url_host(self.host)}:{self.port}"


class Subject:
    """The set-up under examination."""

    def __init__(
        self, app: AppContext, *, working_folder: Path, machine: Machine | None = None
    ) -> None:
        """Take note of where things are; nothing is read yet.

        Args:
            app: Environment, places and clock.
            working_folder: Where Claude Code would be started; it reads project settings there.
            machine: What the machine must have.
        """
        self.app = app
        self.paths = app.paths
        self.environment = app.environment
        self.working_folder = working_folder
        self.machine = machine or Machine()
        self.dotenv = Once(lambda: read_dotenv(self.paths.secrets))
        """Variables of `.env`."""
        self.loaded: Once[Loaded] = Once(self._load)
        """The settings with their problems. Not applicable: there are none."""
        self.prepared: Once[Prepared] = Once(self._prepare)
        """What the proxy would be started with. Not applicable: the settings cannot be used."""
        self.active: Once[ActiveProxy | None] = Once(self._find_active)
        """The proxy that runs. Not applicable: its record cannot be read."""
        self.installation: Once[Installation] = Once(self._look_at_installation)
        self.client: Once[ClientSettings] = Once(self._read_client_settings)
        """What Claude Code would be told here."""
        self.lists: Once[list[ProbeAnswer]] = Once(self._ask_for_models)
        """Online: the models of every key."""
        self.redactor: Once[Redactor] = Once(self._make_redactor)
        """Knows every key there is here."""
        self.calls: Once[list[CallAnswer]] = Once(self._call_models)
        """Online: one cheap request with every key."""

    def running(self) -> ActiveProxy:
        """Return the proxy that runs.

        Raises:
            NotApplicable: None does.
        """
        active = self.active()
        if active is None:
            raise NotApplicable("the proxy does not run")
        return active

    def address(self) -> Address:
        """Return where the proxy listens: the one that runs, else the one of the settings.

        Raises:
            NotApplicable: None runs, and there are no settings that can be used.
        """
        active = self.active()
        if active is not None:
            return Address(active.record.host, active.record.port)
        server = self.prepared().settings.server
        return Address(server.host, server.port)

    def hooks(self) -> HookSettings:
        """Return what the proxy knows: the one that runs, else one started now.

        Raises:
            NotApplicable: None runs, and there are no settings that can be used.
        """
        from litellm_config.hook_settings import read_hook_settings

        active = self.active()
        if active is None:
            return self.prepared().hooks
        try:
            return read_hook_settings(active.record.paths.hook_settings)
        except (OSError, ValueError) as error:
            raise NotApplicable("what the running proxy was told cannot be read") from error

    def master_key(self) -> str:
        """Return the token of the proxy: the one that runs, else one started now; "" when there is none.

        Raises:
            NotApplicable: The file it is kept in cannot be read.
        """
        from litellm_config.load import merged_variables
        from litellm_config.secrets import MASTER_KEY_VARIABLE

        active = self.active()
        secrets = self.paths.secrets if active is None else active.record.paths.secrets
        try:
            stored = read_dotenv(secrets)
        except CcglmError as error:
            raise NotApplicable("the token cannot be read") from error
        return merged_variables(self.environment, stored).get(MASTER_KEY_VARIABLE, "")

    def without_secrets(self, text: str) -> str:
        """Return a text in which no key that is known here is left."""
        return self.redactor().hide_known(text)

    def _make_redactor(self) -> Redactor:
        try:
            stored = self.dotenv()
        except CcglmError:
            stored = {}
        blocks = [source.variables for source in self.client().sources]
        return Redactor(known_secrets(self.environment, stored, *blocks))

    def _find_active(self) -> ActiveProxy | None:
        try:
            return find_active(self.paths.run_record)
        except CcglmError as error:
            raise NotApplicable("the run record cannot be read") from error

    def _load(self) -> Loaded:
        from litellm_config.load import load_settings

        if not self.paths.settings.exists():
            raise NotApplicable("there are no settings")
        return load_settings(self.paths.settings, self.environment, self.dotenv())

    def _prepare(self) -> Prepared:
        from ccglm.proxy.prepare import prepare

        try:
            return prepare(self.paths, self.environment)
        except CcglmError as error:
            raise NotApplicable("there are no settings that can be used") from error

    def _look_at_installation(self) -> Installation:
        from ccglm.doctor.installation import look_at_installation

        return look_at_installation(self.machine.python, self.environment)

    def _read_client_settings(self) -> ClientSettings:
        from ccglm.doctor.client_settings import read_client_settings

        return read_client_settings(self.environment, self.working_folder)

    def _ask_for_models(self) -> list[ProbeAnswer]:
        from ccglm.setup.online import targets_of
        from ccglm.setup.probe import probe_all

        prepared = self.prepared()
        return probe_all(targets_of(prepared.settings, prepared.variables))

    def _call_models(self) -> list[CallAnswer]:
        from ccglm.doctor.provider_calls import call_all, calls_of

        prepared = self.prepared()
        return call_all(calls_of(prepared.settings, prepared.variables))
