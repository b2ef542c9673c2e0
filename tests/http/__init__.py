"""Tests of what every transport shares."""  # noqa: A005
