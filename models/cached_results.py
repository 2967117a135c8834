"""Results of page background tasks that are kept, so that a page shows the last ones at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from models.company import CachedResult, keep_result


def cached_results(keys: Iterable[str]) -> dict[str, tuple[dict[str, str], datetime]]:
    """The kept results, texts by name, with the moment of each; what is not kept is left out."""
    rows = CachedResult.select().where(CachedResult.key.in_(list(keys)))
    return {row.key: (msgspec.json.decode(row.value, type=dict[str, str]), row.computed_at) for row in rows}


def keep_results(key: str, results: Mapping[str, str], computed_at: datetime) -> None:
    """Keep results under their key, replacing those before."""
    keep_result(key, msgspec.json.encode(dict(results)).decode(), computed_at)
