"""Checks of everything that refers to a role or a member: aliases, routes, per-model settings."""

import re
from collections.abc import Iterator

from litellm_config.aliases import is_glob
from litellm_config.catalog import Catalog
from litellm_config.check_chains import check_member
from litellm_config.facts import facts_for, members_of
from litellm_config.findings import Findings
from litellm_config.hook_settings import ModelFacts
from litellm_config.problems import KeyPath, did_you_mean
from litellm_config.providers import surface_of
from litellm_config.settings import Settings

_CUSTOM_RULE = re.compile(r".+\.py:[A-Za-z_][A-Za-z0-9_]*")


def check_names(settings: Settings, catalog: Catalog, findings: Findings) -> None:
    """Find references that lead nowhere."""
    _check_aliases(settings, findings)
    _check_routes(settings, catalog, findings)
    for name in settings.prompt.per_model:
        _check_target(name, ("prompt", "per_model", name), settings, findings)
    for index, name in enumerate(settings.reasoning_injection.models):
        _check_target(name, ("reasoning_injection", "models", index), settings, findings)
    for name, facts in settings.model_facts.items():
        where: KeyPath = ("model_facts", name)
        check_member(name, where, settings, findings)
        if facts.like is not None and facts.like not in catalog.models:
            hint = did_you_mean(facts.like, catalog.models)
            findings.error((*where, "like"), f"the catalogue has no `{facts.like}`{hint}")


def _check_aliases(settings: Settings, findings: Findings) -> None:
    aliases = settings.aliases or {}
    for name, target in aliases.items():
        where: KeyPath = ("aliases", name)
        if name in settings.models and target != name:
            findings.error(where, f"hides the role `{name}`; rename the alias or the role")
        if target in settings.models:
            continue
        if target in aliases and not is_glob(target):
            findings.error(where, _about_alias(name, target, aliases))
        else:
            _check_target(target, where, settings, findings)


def _about_alias(name: str, target: str, aliases: dict[str, str]) -> str:
    way = [name, target]
    while aliases.get(way[-1]) in aliases and aliases[way[-1]] not in way:
        way.append(aliases[way[-1]])
    end = aliases[way[-1]]
    if end in way:
        return f"the alias returns to itself: {', '.join([*way, end])}"
    return f"`{target}` is an alias itself; name its target `{end}`"


def _check_target(name: str, path: KeyPath, settings: Settings, findings: Findings) -> bool:
    if name in settings.models:
        return True
    if "/" in name or "," in name:
        return check_member(name, path, settings, findings)
    hint = did_you_mean(name, settings.models)
    findings.error(path, f"nobody defines the role `{name}` under `models`{hint}")
    return False


def _check_routes(settings: Settings, catalog: Catalog, findings: Findings) -> None:
    routes = settings.routes
    for kind in ("background", "think", "image", "subagent"):
        target: str | None = getattr(routes, kind)
        if target is not None:
            _check_target(target, ("routes", kind), settings, findings)
    if routes.image is not None and not any(
        facts.reads_images for facts in _facts(routes.image, settings, catalog)
    ):
        findings.error(
            ("routes", "image"), f"a dead end: no model of `{routes.image}` reads images"
        )
    _check_long_context(settings, catalog, findings)
    if routes.web_search == "zai":
        _check_web_search(settings, findings)
    if routes.custom is not None and not _CUSTOM_RULE.fullmatch(routes.custom):
        findings.error(("routes", "custom"), "must be written `file.py:function`")


def _check_web_search(settings: Settings, findings: Findings) -> None:
    where: KeyPath = ("routes", "web_search")
    zai = settings.providers.get("zai")
    if zai is None:
        findings.error(where, "provider `zai` is not set up under `providers`")
    elif surface_of("zai", zai) != "anthropic":
        findings.error(where, "only Z.ai's `surface: anthropic` takes the web search tool")
    elif not any(member.startswith("zai/") for member in members_of(settings)):
        findings.error(where, "a dead end: no model of `zai` is in a chain or in `extra_models`")


def _check_long_context(settings: Settings, catalog: Catalog, findings: Findings) -> None:
    route = settings.routes.long_context
    if route is None:
        return
    where: KeyPath = ("routes", "long_context")
    known = _check_target(route.to, (*where, "to"), settings, findings)
    windows = [facts.context_tokens for facts in _facts(route.to, settings, catalog)]
    if known and windows and max(windows) <= route.above_tokens:
        findings.error(
            (*where, "to"),
            f"a dead end: no model of `{route.to}` holds more than {route.above_tokens:,} tokens",
        )


def _facts(target: str, settings: Settings, catalog: Catalog) -> Iterator[ModelFacts]:
    for member in settings.models.get(target, (target,)):
        facts = facts_for(member, settings, catalog)
        if facts is not None:
            yield facts
