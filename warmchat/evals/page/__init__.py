"""The report as one page that needs nothing else: tables, and pictures as inline SVG."""
