"""Measure the product beside what a user would pick instead, and beside the floor that physics gives."""
