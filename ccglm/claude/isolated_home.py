"""A configuration folder of Claude Code that belongs to ccglm, so that the user's own stays untouched.

The folder is prepared so that the client starts at its prompt: past the first-run screens, and with the
working folder marked as trusted. What else the client keeps in it (sessions, history) stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ccglm.claude.settings_edit import WrongTypeError, put_in
from ccglm.claude.settings_text import read_document, render_document, style_of
from ccglm.errors import CcglmError
from ccglm.files import SECRET_MODE, make_folder, read_text, write_atomic

if TYPE_CHECKING:
    from pathlib import Path

CONFIG_FOLDER_VARIABLE: Final = "CLAUDE_CONFIG_DIR"
"""With it set the client reads neither `~/.claude` nor `~/.claude.json` (2.1.329, 2026-11-20)."""
_STATE_FILE: Final = ".claude.json"


def prepare_isolated_home(state_folder: Path, working_folder: Path) -> Path:
    """Make the folder ready for a session and return it.

    Args:
        state_folder: ccglm's state folder; the client's folder is `claude-home` in it.
        working_folder: Where the client will run; it is marked as trusted, because whoever starts a
            session there by hand has decided that.

    Raises:
        PrerequisiteError: The folder cannot be written.
        CcglmError: The client's state file in it is damaged.
    """
    folder = state_folder / "claude-home"
    make_folder(folder)
    state_file = folder / _STATE_FILE
    text = read_text(state_file) or ""
    try:
        document = read_document(text, str(state_file))
        wanted, _ = put_in(
            document,
            {
                ("hasCompletedOnboarding",): True,
                ("theme",): document.get("theme", "dark"),
                ("projects", str(working_folder.resolve()), "hasTrustDialogAccepted"): True,
            },
        )
    except (CcglmError, WrongTypeError) as error:
        raise CcglmError(
            f"`{state_file}` is damaged",
            hint="delete it; the client makes a new one, sessions are kept elsewhere in the folder",
        ) from error
    if wanted != document:
        write_atomic(state_file, render_document(wanted, style_of(text)), mode=SECRET_MODE)
    return folder
