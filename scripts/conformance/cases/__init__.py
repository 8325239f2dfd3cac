"""The cases, one module a topic; a module here is found by being here."""
