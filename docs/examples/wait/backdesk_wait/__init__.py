"""An example of an extension: a page background task on the Customer Card, and a cue on the Role Centre.

Backdesk finds `extension` through the entry point in pyproject.toml. It names what belongs to the window and imports
none of it, because workers without a screen read it as well.
"""

from desktop.extensions import Codeunit, Extension

extension = Extension(
    name="Wait",
    publisher="Backdesk examples",
    version="1.0.0",
    codeunits=(
        Codeunit(50100, "wait", "Wait", "backdesk_wait.wait"),
        Codeunit(
            50101,
            "customers_with_balance",
            "Customers with a balance",
            "backdesk_wait.customers_with_balance",
        ),
    ),
    page_extensions={"customer_card": "backdesk_wait.customer_card:WaitOnCustomerCard"},
    cues="backdesk_wait.cues:CUES",
)
