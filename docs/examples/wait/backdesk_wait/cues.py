"""A cue on the Role Centre: customers without a contact, and a click shows which."""

from collections.abc import Mapping
from datetime import datetime

from desktop.formats import count_text, evaluate
from ui.framework.cue_group import Cue, Figure


def _figure(results: Mapping[str, str], _now: datetime) -> Figure:
    count = evaluate(results["count"], int)
    return Figure(count_text(count), "warn" if count else "ok")


CUES = (
    Cue(
        caption="Customers without a contact",
        icon="person",
        codeunit="customers_without_contact",
        read=_figure,
        page="customer_list",
        arguments={"filters": {"contact": "''"}},
        tables=frozenset({"customer"}),
    ),
)
