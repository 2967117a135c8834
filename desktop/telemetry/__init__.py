"""Lifecycle events of tasks and entries."""
