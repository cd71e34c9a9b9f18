"""The app: comes up without what it does not need, knows every key, and leaves without losing a word."""

from __future__ import annotations
