"""Jobmill: a self-hosted job server for AI over media and documents. See ARCHITECTURE.md.

Imports nothing: what a program loads is decided by the part it uses.
"""
