"""Commands that break things on purpose; docs/security.md holds their last results."""
