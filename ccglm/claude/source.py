"""Where a client profile comes from: the proxy that runs, else the settings, else Z.ai itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ccglm.claude.direct import direct_zai_facts
from ccglm.claude.facts import profile_facts
from ccglm.claude.profile import build_profile
from ccglm.dotenv_file import read_dotenv
from ccglm.proxy.active import find_active
from ccglm.proxy.address import address_of
from ccglm.proxy.prepare import prepare
from ccglm.proxy.run_record import url_host
from litellm_config.catalog import read_catalog
from litellm_config.hook_settings import read_hook_settings
from litellm_config.load import load_settings, merged_variables

if TYPE_CHECKING:
    from ccglm.claude.profile_model import Profile
    from ccglm.context import AppContext


class SourcedProfile(NamedTuple):
    """A profile, and whether somebody answers at its address as far as we know."""

    profile: Profile
    reachable: bool


def proxy_profile(app: AppContext, *, keeps_all_tools: bool = False) -> SourcedProfile:
    """Return the profile for a client of the proxy: of the one that runs, else of the settings.

    Raises:
        SettingsError: No proxy runs and the settings are wrong.
        PrerequisiteError: There is no token, or a file cannot be read.
    """
    active = find_active(app.paths.run_record)
    if active is None:
        prepared = prepare(app.paths, app.environment)
        server = prepared.settings.server
        base_url = f"http://{url_host(server.host)}:{server.port}"
        hooks, token = prepared.hooks, prepared.master_key
    else:
        hooks = read_hook_settings(active.record.paths.hook_settings)
        base_url, token = address_of(active.record, app.environment)
    facts = profile_facts(hooks, base_url=base_url, token=token, keeps_all_tools=keeps_all_tools)
    return SourcedProfile(build_profile(facts), reachable=active is not None)


def direct_profile(app: AppContext, *, keeps_all_tools: bool = False) -> SourcedProfile:
    """Return the profile for a client of Z.ai's own Messages API; needs no settings, only the key.

    Raises:
        PrerequisiteError: There is no key, or a file cannot be read.
    """
    dotenv = read_dotenv(app.paths.secrets)
    catalog = read_catalog()
    settings = None
    if app.paths.settings.exists():
        settings = load_settings(app.paths.settings, app.environment, dotenv, catalog=catalog).draft
    facts = direct_zai_facts(
        catalog,
        merged_variables(app.environment, dotenv),
        settings,
        keeps_all_tools=keeps_all_tools,
    )
    return SourcedProfile(build_profile(facts), reachable=True)
