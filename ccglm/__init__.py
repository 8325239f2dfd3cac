"""Claude Code on GLM models, through LiteLLM."""

__version__ = "0.1.0"
