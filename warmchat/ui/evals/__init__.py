"""The last measurement of the loaded model on the screen: what its voices cost in truth."""
