"""What the engines that put documents of chunks together have in common; no engine of its own."""
