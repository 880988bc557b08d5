"""Exports without what tells who somebody is: rules find the places, and what they find is replaced by what it was."""
