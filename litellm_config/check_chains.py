"""Checks of the roles and their chains, and of every model that is named."""

import re
from collections.abc import Iterator, Sequence

from litellm_config.alias_table import MAIN_ROLE
from litellm_config.aliases import LONG_CONTEXT_MARK
from litellm_config.catalog import Catalog, CatalogModel
from litellm_config.facts import facts_for
from litellm_config.findings import Findings
from litellm_config.problems import KeyPath, did_you_mean, listed
from litellm_config.providers import KINDS, Member, split_member
from litellm_config.settings import Settings

_ROLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


def check_chains(settings: Settings, catalog: Catalog, findings: Findings) -> None:
    """Find roles that nothing could serve, and models that are not what they seem."""
    if MAIN_ROLE not in settings.models:
        findings.error(
            ("models",),
            f"there is no role `{MAIN_ROLE}`: Claude Code's own model needs one"
            + did_you_mean(MAIN_ROLE, settings.models),
        )
    cycles: set[frozenset[str]] = set()
    for role, chain in settings.models.items():
        where: KeyPath = ("models", role)
        if not _ROLE_NAME.fullmatch(role):
            findings.error(where, "a role's name is letters, digits, `_`, `-` and `.`")
        if not chain:
            findings.error(where, "the chain is empty: nothing would serve this role")
        for index, name in enumerate(chain):
            if name in settings.models:
                _check_role(role, name, (*where, index), settings, cycles, findings)
            elif name in chain[:index]:
                findings.error((*where, index), f"the chain returns to itself: {_arrows(chain)}")
            else:
                check_member(name, (*where, index), settings, findings)
        if chain and all(_is_retired(name, catalog) for name in chain):
            findings.error(where, "a dead end: none of the chain's models is served any more")
    for index, name in enumerate(settings.extra_models):
        check_member(name, ("extra_models", index), settings, findings)
    _check_models(settings, catalog, findings)


def check_member(name: str, path: KeyPath, settings: Settings, findings: Findings) -> bool:
    """Find out whether a name is a chain member of a provider that is set up.

    Args:
        name: What should be `provider/model`.
        path: Where it stands.
        settings: The settings.
        findings: Where a problem goes.

    Returns:
        Whether it is one.
    """
    parts = split_member(name)
    if parts is None:
        corrected = re.sub(r"\s*,\s*", "/", name)
        written = split_member(corrected) is not None
        hint = f", did you mean `{corrected}`?" if written else ", such as `zai/glm-4.7`"
        findings.error(path, f"`{name}` is not written `provider/model`{hint}")
        return False
    if _is_marked(name):
        bare = name[: -len(LONG_CONTEXT_MARK)]
        findings.error(path, f"`{LONG_CONTEXT_MARK}` is Claude Code's own mark; write `{bare}`")
        return False
    if parts.provider not in settings.providers:
        hint = did_you_mean(parts.provider, settings.providers)
        findings.error(path, f"provider `{parts.provider}` is not set up under `providers`{hint}")
        return False
    return True


def _is_marked(name: str) -> bool:
    return name.lower().endswith(LONG_CONTEXT_MARK)


def _check_role(
    role: str,
    name: str,
    path: KeyPath,
    settings: Settings,
    cycles: set[frozenset[str]],
    findings: Findings,
) -> None:
    """Explain a role where a member should be; a cycle is told once, where it starts."""
    cycle = _cycle([role], name, settings)
    if not cycle:
        members = listed(settings.models[name]) or "its members"
        findings.error(path, f"`{name}` is a role; a chain names `provider/model`, here {members}")
    elif frozenset(cycle) not in cycles:
        cycles.add(frozenset(cycle))
        findings.error(path, f"the chain returns to itself: {_arrows(cycle)}")


def _cycle(path: list[str], name: str, settings: Settings) -> list[str] | None:
    """Return the way from the first of path back to itself, if there is one."""
    if name in path:
        return [*path, name] if name == path[0] else None
    for following in settings.models.get(name, ()):
        found = _cycle([*path, name], following, settings)
        if found:
            return found
    return None


def _arrows(names: Sequence[str]) -> str:
    return ", ".join(names)


def _is_retired(name: str, catalog: Catalog) -> bool:
    known = catalog.models.get(name)
    return known is not None and known.status == "retired"


def _check_models(settings: Settings, catalog: Catalog, findings: Findings) -> None:
    for name, path in _first_places(settings):
        parts = split_member(name)
        if parts is None or parts.provider not in settings.providers or _is_marked(name):
            continue
        known = catalog.models.get(name)
        if facts_for(name, settings, catalog) is None:
            findings.error(path, _unknown_model(name, parts, known, catalog))
            continue
        if name not in settings.model_facts and known is not None:
            _check_status(name, known, path, catalog, findings)
        if parts.provider not in KINDS and name not in settings.model_facts:
            findings.warning(
                path,
                f"nothing is known about `{name}`: a window of 128,000 tokens is assumed and no "
                f"price; set them under `model_facts`",
            )
        _check_coding_plan(name, known, path, settings, findings)


def _first_places(settings: Settings) -> Iterator[tuple[str, KeyPath]]:
    """Yield every member once, with the first place that names it."""
    routes = settings.routes
    places: list[tuple[str | None, KeyPath]] = [
        *(
            (n, ("models", r, i))
            for r, chain in settings.models.items()
            for i, n in enumerate(chain)
        ),
        *((n, ("extra_models", i)) for i, n in enumerate(settings.extra_models)),
        *((to, ("aliases", name)) for name, to in (settings.aliases or {}).items()),
        *(
            (getattr(routes, n), ("routes", n))
            for n in ("background", "think", "image", "subagent")
        ),
        (routes.long_context.to if routes.long_context else None, ("routes", "long_context", "to")),
    ]
    seen: set[str] = set()
    for name, path in places:
        if name and name not in seen and name not in settings.models:
            seen.add(name)
            yield name, path


def _check_status(
    name: str, known: CatalogModel, path: KeyPath, catalog: Catalog, findings: Findings
) -> None:
    provider = name.partition("/")[0]
    if known.status == "retired":
        instead = known.successor
        others = listed(catalog.current(provider))
        advice = f"use `{instead}`" if instead else f"no successor is named, there are {others}"
        findings.warning(path, f"`{name}` was retired on {known.since}; {advice}")
    elif known.status == "dedicated":
        since = f"left the public list on {known.since}" if known.since else "is not public"
        others = listed(catalog.current(provider))
        findings.warning(
            path,
            f"`{name}` {since} and is served to some accounts only: "
            f"`ccglm validate --online` asks; for anyone there are {others}",
        )


def _unknown_model(name: str, parts: Member, known: CatalogModel | None, catalog: Catalog) -> str:
    how = (
        f"set `context_tokens` and `max_output_tokens` (or `like`) under `model_facts.{name}`, as "
        "for a dedicated endpoint's own id"
    )
    offer = catalog.dedicated_without_id.get(parts.provider)
    if offer is not None:
        how += f" (such endpoints serve {', '.join(offer.names)})"
    if known is not None:
        return f"`{name}` is served to some accounts only and its limits are not public: {how}"
    hint = did_you_mean(parts.model, [m.partition("/")[2] for m in catalog.of(parts.provider)])
    return f"`{parts.provider}` has no model `{parts.model}` in the catalogue{hint or ';'} {how}"


def _check_coding_plan(
    name: str,
    known: CatalogModel | None,
    path: KeyPath,
    settings: Settings,
    findings: Findings,
) -> None:
    zai = settings.providers.get("zai")
    if zai is None or known is None or not name.startswith("zai/"):
        return
    on_plan = zai.surface == "coding" or (zai.plan or "").startswith("coding")
    if on_plan and not known.coding_plan:
        findings.warning(
            path, f"the coding plan does not list `{name}`; Z.ai answers 1113 or 1311 for such"
        )
