"""What runs inside the proxy process: hooks, provider dialects, and the stream translator."""
