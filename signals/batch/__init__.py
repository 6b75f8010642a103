"""Runs that leave files behind: outputs, manifest."""
