"""The page's components by name, and what several modules need to place them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parent / "static"

STILL = {"js_on_load": None, "apply_default_css": False}
"""For HTML that only shows something."""


@dataclass(slots=True)
class Parts:
    """The page's components by name, as handlers read and change them."""

    made: dict[str, Any] = field(default_factory=dict)

    def __setitem__(self, name: str, component: Any) -> None:
        self.made[name] = component

    def __getitem__(self, name: str) -> Any:
        return self.made[name]

    def list(self, *names: str) -> list[Any]:
        """Several, in this order."""
        return [self.made[name] for name in names]
