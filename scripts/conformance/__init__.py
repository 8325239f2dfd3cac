"""Conformance of a gateway with what Claude Code sends and understands; see compatibility_harness.py."""
