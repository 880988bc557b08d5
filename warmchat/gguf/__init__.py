"""Reading GGUF files: what they are, from their header, within bounds; nothing of them is run or loaded."""
