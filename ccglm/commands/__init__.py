"""One module a command: read options, call one library function, hand the result to the output."""
