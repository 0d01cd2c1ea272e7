"""One program for each system that is compared, run in an environment of its own."""
