"""Weeks, forecasts and their back-test."""
