"""The voices on the screen: choose, read, edit, try before saving, bring in and give out."""
