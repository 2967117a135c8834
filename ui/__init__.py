"""What people see: pages, lists, dialogs and the look."""
