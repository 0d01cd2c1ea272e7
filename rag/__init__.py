"""Broadsheet: ask a folder of articles; every sentence of the answer stands in one of them."""

import os

__version__ = "0.1.0"

# Before torch and FAISS load their OpenMP: its threads spin while they wait for each other, which
# beside other work on two cores made a question's embedding take 1.1 s instead of 0.02 s.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
