"""Exports of the log: one module for each format, each a function from turn records to pieces of text."""
