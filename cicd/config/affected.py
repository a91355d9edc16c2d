"""The word after `--` that asks for the tests that a change can reach, and no others."""

AFFECTED = "--affected"
