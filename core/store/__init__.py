"""The store: one SQLite file that keeps every debate. Writing (`writer.py`) and reading (`reader.py`) share no state.

The log of events is the truth; the readable tables and the full-text index beside it are filled from it in the
same transaction and can be rebuilt from it. Nothing is imported here: a reader must not pay for the writer.
"""
