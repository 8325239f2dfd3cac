"""Put a profile into the settings files of a scope, or take it out: all files are planned, then written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ccglm.claude.settings_file import SettingsPlan, apply_settings_plan, plan_install, plan_undo
from ccglm.claude.settings_text import read_document
from ccglm.dotenv_file import redact, secret_values
from ccglm.files import diff_of
from ccglm.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ccglm.claude.scopes import Target
    from ccglm.claude.undo_record import UndoRecords


@dataclass(frozen=True)
class Installation:
    """What became, or would become, of each settings file."""

    plans: tuple[SettingsPlan, ...]
    backups: tuple[Path, ...] = ()
    undone: bool = False
    applied: bool = True

    @property
    def changes(self) -> bool:
        """Whether any file changed or would change."""
        return any(plan.changes for plan in self.plans)


def install(
    wanted: Sequence[Target], records: UndoRecords, *, dry_run: bool = False
) -> Installation:
    """Put keys into settings files; a second time changes nothing.

    Raises:
        SettingsError: A file is not a JSON object.
        PrerequisiteError: A file cannot be read or written.
    """
    plans = tuple(plan_install(target.path, target.wanted, records) for target in wanted)
    if dry_run:
        return Installation(plans, applied=False)
    return Installation(plans, _apply([plan for plan in plans if plan.changes], records))


def uninstall(
    files: Iterable[Path], records: UndoRecords, *, force: bool = False, dry_run: bool = False
) -> Installation:
    """Take out of settings files what was put in; files without a record are left alone.

    Raises:
        WouldOverwrite: Keys were edited since, and `force` was not given.
        SettingsError: A file is no longer a JSON object.
        PrerequisiteError: A file cannot be read or written.
    """
    found = (plan_undo(path, records, force=force) for path in files)
    plans = tuple(plan for plan in found if plan is not None)
    if dry_run:
        return Installation(plans, undone=True, applied=False)
    return Installation(plans, _apply(plans, records), undone=True)


def _apply(plans: Iterable[SettingsPlan], records: UndoRecords) -> tuple[Path, ...]:
    return tuple(backup for plan in plans for backup in apply_settings_plan(plan, records))


def installation_view(done: Installation, *, next_steps: Sequence[str] = ()) -> Result:
    """Return what happened, for people and as `{"changed", "undone", "dry_run", "files", "backups"}`.

    Args:
        done: What happened, or would.
        next_steps: Lines for people at the end.
    """
    diff = redact(
        diff_of(plan.write for plan in done.plans if plan.changes),
        [secret for plan in done.plans for secret in _secrets_in(plan)],
    )
    data: dict[str, object] = {
        "changed": done.changes,
        "undone": done.undone,
        "dry_run": not done.applied,
        "files": [
            {
                "path": str(plan.path),
                "changed": plan.changes,
                "removed": plan.changes and plan.new_text is None,
                "keys": [".".join(key) for key in plan.changed],
            }
            for plan in done.plans
        ],
        "backups": [str(backup) for backup in done.backups],
    }
    if not done.applied:
        return Result({**data, "diff": diff}, [diff] if diff else ["nothing would change"])
    blocks = [_told(plan, undone=done.undone) for plan in done.plans]
    blocks += [f"the file as it was: `{backup}`" for backup in done.backups]
    return Result(data, [*(blocks or ["nothing of ccglm is in there"]), *next_steps])


def _secrets_in(plan: SettingsPlan) -> list[str]:
    """Return the values under `env`, before and after, that a diff must not show."""
    secrets: list[str] = []
    for text in (plan.old_text, plan.new_text):
        variables: object = read_document(text or "", str(plan.path)).get("env")
        if isinstance(variables, dict):
            items = cast("dict[str, object]", variables).items()
            named = {name: value for name, value in items if isinstance(value, str)}
            secrets += secret_values(named)
    return secrets


def _told(plan: SettingsPlan, *, undone: bool) -> str:
    if not plan.changes:
        return f"`{plan.path}` is as it should be; nothing changed"
    if plan.new_text is None:
        return f"removed `{plan.path}`, which held nothing else"
    count = len(plan.changed)
    verb = "restored" if undone else "set"
    return f"{verb} {count} key{'' if count == 1 else 's'} in `{plan.path}`"
