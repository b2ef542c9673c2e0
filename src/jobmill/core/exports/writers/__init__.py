"""One module a format: from laid-out lines, or facts, to the text or bytes of a file. Pure."""
