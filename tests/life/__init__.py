"""The real services over the real tables, at random, against what DESIGN promises."""
