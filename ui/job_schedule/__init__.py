"""Runs of jobs on a week's calendar and a day's time line, and the durations of one job as a curve."""
