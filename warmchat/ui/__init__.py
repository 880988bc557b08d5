"""The terminal screens. The only room that draws; what it shows comes from a `ChatSession` and from `Services`."""
