"""Model files: find those on the disk, read what they are, fetch new ones."""
