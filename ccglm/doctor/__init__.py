"""What is wrong with this set-up, why, and the command that repairs it."""
