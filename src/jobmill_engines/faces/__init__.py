"""Where faces are in a picture. Whose they are it does not know."""
