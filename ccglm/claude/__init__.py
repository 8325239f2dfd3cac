"""What Claude Code needs to run on the proxy: its profile, its settings files, its launch."""
