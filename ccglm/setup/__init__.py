"""From keys to a working set of settings."""
