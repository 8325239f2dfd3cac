"""Simulated Cerebras and Z.ai: strict stand-ins for tests, the demo and the benchmarks."""
