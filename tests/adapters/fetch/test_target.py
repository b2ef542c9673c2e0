"""Addresses as they are read: one form, which is checked and connected to alike."""

import pytest

from jobmill.adapters.fetch.target import parse_target
from jobmill.core.errors import AddressNotAllowed, InvalidInput


@pytest.mark.parametrize(
    ("url", "host", "port", "resource"),
    [
        ("http://Example.ORG", "example.org", 80, "/"),
        ("https://example.org./a b?q=ü#part", "example.org", 443, "/a%20b?q=%C3%BC"),
        ("http://example.org:8080/a%2Fb", "example.org", 8080, "/a%2Fb"),
        ("http://0x7f.1:81/", "127.0.0.1", 81, "/"),
        ("http://[::FFFF:10.0.0.1]/", "::ffff:a00:1", 80, "/"),
        ("https://bücher.example/", "xn--bcher-kva.example", 443, "/"),
    ],
)
def test_an_address_comes_to_one_form(url: str, host: str, port: int, resource: str) -> None:
    target = parse_target(url)
    assert (target.host, target.port, target.resource) == (host, port, resource)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "http://",
        "http:///path",
        "http://example.org:0/",
        "http://example.org:99999/",
        "http://exa mple.org/",
        "http://example.org\\@10.0.0.1/",
        "http://example.org/\r\nX: y",
        "http://[fe80::1%25eth0]/",
        "http://300.1.1.1/",
        "http://" + "a" * 300 + "/",
    ],
)
def test_what_is_malformed_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        parse_target(url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://example.org/", "http:// and https://"),
        ("file:///etc/passwd", "http:// and https://"),
        ("http://user:pw@example.org/", "before @"),
        ("http://example.org@10.0.0.1/", "before @"),
    ],
)
def test_what_is_never_fetched_is_refused_by_name(url: str, words: str) -> None:
    with pytest.raises(AddressNotAllowed, match=words):
        parse_target(url)


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("/b?c", "https://example.org:8443/b?c"),
        ("b", "https://example.org:8443/a/b"),
        ("//other.example/x", "https://other.example/x"),
        ("http://10.0.0.1/", "http://10.0.0.1/"),
    ],
)
def test_a_redirect_is_read_from_where_it_came(location: str, there: str) -> None:
    target = parse_target("https://example.org:8443/a/film.mp4").join(location)
    assert f"{target.scheme}://{target.authority}{target.resource}" == there
