"""The Job Queue: what people see and manage of the runs."""
