"""Pure translation between the Anthropic Messages API and chat completions; knows no provider."""
