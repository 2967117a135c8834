"""A cue on the Role Centre: customers with a balance, and a click shows them."""

from collections.abc import Mapping
from datetime import datetime

from desktop.formats import count_text, evaluate
from ui.framework.cue_group import Cue, Figure


def _figure(results: Mapping[str, str], _now: datetime) -> Figure:
    count = evaluate(results["count"], int)
    return Figure(count_text(count))


CUES = (
    Cue(
        caption="Customers with a balance",
        icon="money",
        codeunit="customers_with_balance",
        read=_figure,
        page="customer_list",
        arguments={"filters": {"balance": ">0"}},
        tables=frozenset({"customer"}),
    ),
)
