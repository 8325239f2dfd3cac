"""One text about this set-up, without any key, to paste into an issue."""
