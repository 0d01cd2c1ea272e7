"""Benchmarks: what Broadsheet costs, in ratios of one run; see docs/performance.md."""

import rag  # noqa: F401  # first: it says how OpenMP waits, before torch and FAISS load theirs
