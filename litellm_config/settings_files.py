"""Reads the files that settings refer to: prompt texts, and the user's own rule."""

from pathlib import Path

from litellm_config.findings import Findings
from litellm_config.problems import KeyPath
from litellm_config.settings import PromptSettings, RoutesSettings, Settings

_FILE = "file:"


def with_files(settings: Settings, folder: Path, findings: Findings) -> Settings:
    """Return settings in which `file:path` is the file's text and paths are absolute.

    Args:
        settings: Settings as the file has them.
        folder: Folder of the settings file; paths are relative to it.
        findings: Where files go that cannot be read.

    Returns:
        A copy; a text that cannot be read is left as it was.
    """
    prompt = PromptSettings(
        prefix=_text(settings.prompt.prefix, folder, ("prompt", "prefix"), findings),
        per_model={
            name: _text(text, folder, ("prompt", "per_model", name), findings)
            for name, text in settings.prompt.per_model.items()
        },
    )
    changed: dict[str, PromptSettings | RoutesSettings] = {"prompt": prompt}
    if settings.routes.custom is not None:
        custom = _rule(settings.routes.custom, folder, findings)
        changed["routes"] = settings.routes.model_copy(update={"custom": custom})
    return settings.model_copy(update=changed)


def _text(setting: str, folder: Path, path: KeyPath, findings: Findings) -> str:
    if not setting.startswith(_FILE):
        return setting
    name = setting.removeprefix(_FILE).strip()
    try:
        text = (folder / name).read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        findings.error(path, f"the file `{name}` is not UTF-8 text")
    except (OSError, ValueError) as err:
        reason = getattr(err, "strerror", None) or "is not a path"
        findings.error(path, f"the file `{name}` cannot be read: {reason.lower()}")
    else:
        if text:
            return text
        findings.error(path, f"the file `{name}` is empty; `none` means no prefix")
    return setting


def _rule(setting: str, folder: Path, findings: Findings) -> str:
    file, colon, function = setting.rpartition(":")
    if not colon or not file.endswith(".py"):
        return setting
    full = folder / file
    if not full.is_file():
        findings.error(("routes", "custom"), f"there is no file `{file}`")
    return f"{full.absolute()}:{function}"
