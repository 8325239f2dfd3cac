"""Where a running proxy is and what to say to it: its address and its token."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ccglm.dotenv_file import read_dotenv
from ccglm.errors import PrerequisiteError
from litellm_config.secrets import MASTER_KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ccglm.proxy.run_record import RunRecord


class ProxyAddress(NamedTuple):
    """What a client needs: `base_url` without `/v1`, and the bearer token."""

    base_url: str
    token: str


def address_of(record: RunRecord, environment: Mapping[str, str]) -> ProxyAddress:
    """Return the address and the token of a running proxy.

    Args:
        record: Of the proxy.
        environment: The user's; a variable in it wins over the `.env` beside the settings, but not over
            the demo's own.

    Raises:
        PrerequisiteError: The token is no longer there, or `.env` cannot be read.
    """
    secrets = record.paths.secrets
    stored = read_dotenv(secrets)
    # The demo is started without the user's variables; a real key of theirs is not its token.
    exported = "" if record.simulator_pid is not None else environment.get(MASTER_KEY_VARIABLE, "")
    token = exported or stored.get(MASTER_KEY_VARIABLE, "")
    if not token:
        raise PrerequisiteError(
            f"`{MASTER_KEY_VARIABLE}`, the running proxy's token, is no longer in `{secrets}`",
            hint="put it back, or run `ccglm init` and start the proxy again",
        )
    return ProxyAddress(record.address, token)
