"""An example of an extension: a table of its own that files can fill, and a codeunit that follows the import."""

from backdesk_bins.warehouse_bin import WarehouseBin
from desktop.extensions import Codeunit, Extension, ImportTarget

extension = Extension(
    name="Bins",
    publisher="Backdesk examples",
    version="1.0.0",
    codeunits=(Codeunit(50300, "open_bins", "Open warehouse bins", "backdesk_bins.open_bins", retries=3),),
    tables=(ImportTarget(WarehouseBin),),
)
