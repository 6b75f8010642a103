"""Plots and the report; computes nothing."""
