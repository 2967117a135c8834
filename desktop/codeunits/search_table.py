"""Codeunit 112: finds the records of one table, for the Data Search page."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from desktop.formats import evaluate, format_value
from desktop.sessions.session import Session
from models.data_search import Found, Hit, search_table


def run(session: Session) -> None:
    """Parameters: `table`, a name of `models.data_search.TABLES`; `text`; `limit`, how many hits at most.

    Results: `total`; `hits`, a JSON array with key, title and details of each. `read_found` reads both.
    """
    asked = session.get_background_parameters()
    found = search_table(asked["table"], asked["text"], evaluate(asked["limit"], int))
    session.set_background_task_result(
        {"total": format_value(found.total), "hits": msgspec.json.encode(found.hits).decode()}
    )


def read_found(results: Mapping[str, str]) -> Found:
    """What the results of this codeunit say.

    Raises:
        msgspec.ValidationError: they are not of this codeunit.
    """
    return Found(msgspec.json.decode(results["hits"], type=list[Hit]), evaluate(results["total"], int))
