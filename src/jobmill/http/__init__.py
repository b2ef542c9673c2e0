"""Shared by every transport: who calls, paging, streams, downloads. Holds no product rules."""
