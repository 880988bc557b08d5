"""Reply and shadow reply side by side, with the spans where they part."""
