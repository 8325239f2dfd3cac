"""Settings in, LiteLLM configuration out: pure functions, no network, no clock, no LiteLLM."""
