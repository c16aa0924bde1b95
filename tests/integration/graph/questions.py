"""Questions that both databases have to answer alike: one for each thing that the engine can do."""

from __future__ import annotations

from typing import Any

from tests.integration.graph.people import AGENCY, DEPARTMENT, WORKER

QUESTIONS: list[tuple[str, dict[str, Any]]] = [("{ viewer { name } }", {})]
