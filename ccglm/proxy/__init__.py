"""The proxy as a process: start, readiness, record, stop, questions over HTTP."""
