"""Decisions: values in, findings or a plan out. No effects."""
