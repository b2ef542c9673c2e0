"""OAuth 2.0 at /v1/admin/oauth: a JWT of a day for a program, or for a user who signs in for it."""
