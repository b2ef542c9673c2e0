"""Shared by every transport: who calls, paging, streams, downloads, request ids. No product rules."""
