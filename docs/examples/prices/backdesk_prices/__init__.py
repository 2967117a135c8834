"""An example of an extension: a job that raises prices, each exactly once, however often it is killed on the way."""

from desktop.extensions import Codeunit, Extension

extension = Extension(
    name="Prices",
    publisher="Backdesk examples",
    version="1.0.0",
    codeunits=(Codeunit(50200, "raise_prices", "Raise prices", "backdesk_prices.raise_prices", retries=3),),
)
