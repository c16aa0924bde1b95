"""The checklist for shops, filled in: what the plays hand in and what has to come of it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from gridql import bundled
from gridql.forms.source import read_json
