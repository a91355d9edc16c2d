"""The fakes that `cicd` is tested with, for those who test sessions and steps of their own."""

from cicd.testing.runner import FakeRunner

__all__ = ["FakeRunner"]
