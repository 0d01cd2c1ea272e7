"""Broadsheet: ask a folder of articles; every sentence of the answer stands in one of them."""

__version__ = "0.1.0"
