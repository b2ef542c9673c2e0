"""The page on which a user signs in for a program. No script, no style from elsewhere."""

from collections.abc import Mapping
from html import escape

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in</title>
<style>
body {{ font: 16px system-ui, sans-serif; max-width: 22rem; margin: 15vh auto; padding: 0 1rem }}
label, input, button {{ display: block; width: 100%; box-sizing: border-box; margin: .4rem 0 }}
input, button {{ font: inherit; padding: .5rem }}
[role=alert] {{ color: #b00020 }}
</style>
<h1>Sign in</h1>
<p>{client} asks to work here as you. You are sent back to {place}.</p>
{problem}<form method="post">
{hidden}<label for="u">E-mail</label>
<input id="u" name="username" type="email" autocomplete="username" required autofocus>
<label for="p">Password</label>
<input id="p" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form></html>
"""


def sign_in_page(client: str, place: str, fields: Mapping[str, str], problem: str = "") -> str:
    """The page; `fields` are what the program asked, sent back with the form."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">\n'
        for name, value in fields.items()
    )
    alert = f'<p role="alert">{escape(problem)}</p>\n' if problem else ""
    return _PAGE.format(client=escape(client), place=escape(place), hidden=hidden, problem=alert)
