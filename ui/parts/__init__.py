"""Parts of the Role Centre: each fills itself by its own page background tasks."""
