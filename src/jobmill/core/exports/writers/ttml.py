"""TTML 1 as IMSC players read it (W3C, https://www.w3.org/TR/ttml-imsc1.1/): text, times, lines."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from jobmill.core.exports.direction import runs_right_to_left
from jobmill.core.exports.layout import Screen
from jobmill.core.exports.times import clock_time

_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" \
xmlns:tts="http://www.w3.org/ns/ttml#styling" ttp:timeBase="media" xml:lang={language}>
  <head>
    <styling>
      <style xml:id="plain" tts:fontFamily="proportionalSansSerif" tts:color="white" \
tts:backgroundColor="black"/>
    </styling>
    <layout>
      <region xml:id="bottom" tts:origin="10% 70%" tts:extent="80% 20%" \
tts:displayAlign="after" tts:textAlign="center"/>
    </layout>
  </head>
  <body style="plain" region="bottom">
    <div>
"""
_TAIL = """\
    </div>
  </body>
</tt>
"""


def write_ttml(screens: Sequence[Screen], language: str | None = None) -> str:
    """One paragraph a screen; an unknown language is the empty one, as XML has it."""
    head = _HEAD.format(language=quoteattr(language or ""))
    ordered = sorted(screens, key=lambda each: each.start_ms)
    return head + "".join(_paragraph(each, language) for each in ordered) + _TAIL


def _paragraph(screen: Screen, language: str | None) -> str:
    lines = "<br/>".join(escape(line) for line in screen.lines)
    begin, end = clock_time(screen.start_ms), clock_time(screen.end_ms)
    turned = runs_right_to_left(screen.lines[0], language)
    way = ' tts:direction="rtl" tts:unicodeBidi="embed"' if turned else ""
    return f'      <p begin="{begin}" end="{end}"{way}>{lines}</p>\n'
