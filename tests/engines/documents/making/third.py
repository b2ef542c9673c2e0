"""A third set of layouts, with which the rules were corrected once they had been tried on it.

They say things in their own words: some of their labels stand in no taxonomy.
"""

from html import escape

from tests.engines.documents.making import third_invoices
from tests.engines.documents.making import wording as w
from tests.engines.documents.making.made import FORM, REPORT, Writer
from tests.engines.documents.making.pen import A4, LETTER, Pen
from tests.engines.documents.making.truth import Form, Report


def card(f: Form) -> bytes:
    """Labels end where values begin, down the middle of the page."""
    pen = Pen()
    pen.text(297, 60, "Membership card request", 15, bold=True, align="center")
    pairs = (
        ("Name of applicant", f.name),
        ("Date of birth", w.iso_day(f.born)),
        ("Passport", f.id),
        ("Policy number", f.member),
        ("Address", f.address),
        ("Town", f.city),
        ("Contact number", f.phone),
        ("Email address", f.email),
        ("Organization", f.employer),
        ("Annual income", f.salary and w.signed(f.salary, f.currency)),
        ("Effective from", f.start and w.iso_day(f.start)),
        ("Civil status", f.status),
    )
    y = 110.0
    for label, value in pairs:
        pen.text(230, y, label, 10, align="right", grey=0.35)
        if value:
            pen.text(245, y, value, 10)
        y += 20
    return pen.pdf()


def ticked(f: Form) -> bytes:
    """Grey label cells without borders, boxes to tick for one question."""
    pen = Pen(LETTER)
    pen.text(50, 40, "Insurance proposal", 18, bold=True)
    pairs = (
        ("Your name", f.name),
        ("Born on", w.american_day(f.born)),
        ("ID number", f.id),
        ("Member number", f.member),
        ("Street address", f.address),
        ("City / Town", f.city),
        ("Telephone", f.phone),
        ("E-mail address", f.email),
        ("Employer", f.employer),
        ("Gross salary", f.salary and w.coded(f.salary, f.currency)),
        ("Starting date", f.start and w.american_day(f.start)),
    )
    y = 80.0
    for label, value in pairs:
        pen.box(50, y, 150, 20, fill=0.88)
        pen.text(56, y + 5, label, 10)
        if value:
            pen.text(210, y + 5, value, 10)
        y += 24
    pen.box(50, y, 150, 20, fill=0.88)
    pen.text(56, y + 5, "Marital status", 10)
    x = 210.0
    for choice in ("Single", "Married", "Divorced", "Widowed"):
        pen.box(x, y + 5, 9, 9)
        if choice == f.status:
            pen.text(x + 1.5, y + 4.5, "X", 8, bold=True)
        x = pen.text(x + 14, y + 5, choice, 10) + 16
    return pen.pdf()


def three_in_a_row(f: Form) -> bytes:
    """Cells that hold a label and, in the line below, its value."""
    pen = Pen()
    pen.text(40, 40, "CHANGE OF EMPLOYMENT", 13, bold=True)
    pairs = (
        ("Full name", f.name),
        ("Date of birth", w.dotted_day(f.born)),
        ("Identity number", f.id),
        ("Registration number", f.member),
        ("Home address", f.address),
        ("City", f.city),
        ("Mobile", f.phone),
        ("E-mail", f.email),
        ("Name of employer", f.employer),
        ("Salary", f.salary and w.coded(f.salary, f.currency)),
        ("Commencement date", f.start and w.dotted_day(f.start)),
        ("Status", f.status),
    )
    for number, (label, value) in enumerate(pairs):
        x, y = 40 + 172 * (number % 3), 70 + 38 * (number // 3)
        pen.box(x, y, 172, 38)
        pen.text(x + 5, y + 5, label, 8, bold=True)
        if value:
            pen.text(x + 5, y + 20, value, 10)
    return pen.pdf()


def sidebar(r: Report) -> bytes:
    """Facts in a grey column on the right, each below its label; prose beside it."""
    pen = Pen()
    pen.text(50, 50, r.project, 22, bold=True)
    pen.box(400, 90, 150, 560, fill=0.93)
    facts = (
        ("Report number", r.number),
        ("Published", w.long_day(r.day)),
        ("Author", r.author),
        ("Reviewed by", r.approved),
        ("Project", r.project),
        ("Prepared for", r.client),
        ("Version", None if r.version is None else str(r.version)),
        ("Approved budget", r.budget and w.coded(r.budget, r.currency)),
        ("Period start", r.start and w.long_day(r.start)),
        ("Period end", r.end and w.long_day(r.end)),
    )
    y = 105.0
    for label, value in facts:
        if value:
            pen.text(412, y, label, 8, bold=True, grey=0.4)
            pen.text(412, y + 11, value, 9)
            y += 36
    y = 95.0
    for text in r.prose[:5]:
        y = pen.paragraph(50, y, 325, text, 10) + 9
    pen.page()
    pen.text(50, 50, "Figures of the year", 14, bold=True)
    for number, row in enumerate(
        [
            ("Metric", "Target", "Result"),
            *((m.name, str(m.planned), str(m.actual)) for m in r.measures),
        ]
    ):
        for x, wide, text in zip((50, 250, 340), (200, 90, 90), row, strict=True):
            pen.box(x, 75 + 18 * number, wide, 18)
            pen.text(x + 5, 79 + 18 * number, text, 9, bold=number == 0)
    return pen.pdf()


def strip(r: Report) -> bytes:  # noqa: C901
    """A drawn strip of facts at the head of every page."""
    pen = Pen(A4)

    def head() -> None:
        cells = (
            ("Document number", r.number),
            ("Rev", None if r.version is None else str(r.version)),
            ("Date", w.slashed_day(r.day)),
            ("Prepared by", r.author),
            ("Checked by", r.approved),
        )
        for (x, wide), (label, value) in zip(
            ((50, 120), (170, 40), (210, 85), (295, 125), (420, 125)), cells, strict=True
        ):
            pen.box(x, 30, wide, 30)
            pen.text(x + 3, 33, label, 7)
            if value:
                pen.text(x + 3, 44, value, 9, bold=True)

    head()
    pen.text(50, 85, f"Client: {r.client}", 11)
    pen.text(50, 101, f"Project title: {r.project}", 11)
    y = 117.0
    for label, value in (
        ("Total cost", r.budget and w.signed(r.budget, r.currency)),
        ("Start date", r.start and w.slashed_day(r.start)),
        ("End date", r.end and w.slashed_day(r.end)),
    ):
        if value:
            pen.text(50, y, f"{label}: {value}", 11)
            y += 16
    y += 12
    for number, text in enumerate(r.prose, 1):
        if y > 690:
            pen.page()
            head()
            y = 85.0
        pen.text(50, y, f"{number}  Observation", 11, bold=True)
        y = pen.paragraph(50, y + 16, 495, text, 10) + 10
    pen.page()
    head()
    y = 90.0
    for x, align, label in (
        (50, "left", "Parameter"),
        (350, "right", "Limit"),
        (470, "right", "Reading"),
    ):
        pen.text(x, y, label, 10, bold=True, align=align)
    for m in r.measures:
        y += 16
        for x, align, text in (
            (50, "left", m.name),
            (350, "right", str(m.planned)),
            (470, "right", str(m.actual)),
        ):
            pen.text(x, y, text, 10, align=align)
    return pen.pdf()


def web_cards(f: Form) -> bytes:
    """A page of cards: a label, and its value in the next element."""
    pairs = (
        ("Applicant", f.name),
        ("Date of birth", w.short_day(f.born)),
        ("Document number", f.id),
        ("Membership number", f.member),
        ("Residential address", f.address),
        ("Town or city", f.city),
        ("Phone", f.phone),
        ("Email", f.email),
        ("Company", f.employer),
        ("Yearly income", f.salary and w.coded(f.salary, f.currency)),
        ("Valid from", f.start and w.short_day(f.start)),
        ("Status", f.status),
    )
    cards = "".join(
        f'<div class="card"><span class="label">{label}</span><p>{escape(value)}</p></div>'
        for label, value in pairs
        if value
    )
    return f"<html><head><title>x</title></head><body><header><h1>Profile</h1></header><main>{cards}</main><footer>Printed 3 May 2025</footer></body></html>".encode()


WRITERS = (
    *third_invoices.WRITERS,
    Writer(FORM, "card", card),
    Writer(FORM, "ticked", ticked),
    Writer(FORM, "three in a row", three_in_a_row),
    Writer(REPORT, "sidebar", sidebar),
    Writer(REPORT, "strip", strip),
    Writer(FORM, "web cards", web_cards, (), "text/html"),
)
