"""Layouts that the rules were written with."""

from collections.abc import Sequence

from tests.engines.documents.making import wording as w
from tests.engines.documents.making.made import FORM, INVOICE, REPORT, Writer
from tests.engines.documents.making.pen import A4, LETTER, Pen
from tests.engines.documents.making.truth import Form, Invoice, Report

Pairs = Sequence[tuple[str, str | None]]


def block(
    pen: Pen,
    x: float,
    y: float,
    pairs: Pairs,
    gap: float = 95,
    size: float = 10,
    *,
    bold: bool = False,
) -> float:
    """Labels with their values to the right, one below the other."""
    for label, value in pairs:
        if value is not None:
            pen.text(x, y, label, size, bold=bold)
            pen.text(x + gap, y, value, size)
            y += 1.4 * size
    return y


def grid(
    pen: Pen,
    x: float,
    y: float,
    widths: Sequence[float],
    rows: Sequence[Sequence[str]],
    right: Sequence[int] = (),
    high: float = 18,
) -> float:
    """A drawn table with a grey header."""
    pen.box(x, y, sum(widths), high, fill=0.9)
    for number, row in enumerate(rows):
        at = x
        for column, (wide, text) in enumerate(zip(widths, row, strict=True)):
            pen.box(at, y, wide, high)
            if column in right:
                pen.text(at + wide - 4, y + 4, text, 9, align="right", bold=number == 0)
            else:
                pen.text(at + 4, y + 4, text, 9, bold=number == 0)
            at += wide
        y += high
    return y


def classic(i: Invoice) -> bytes:
    """Title on the left, facts on the right, a drawn table, totals below it."""
    pen = Pen()
    pen.text(50, 50, "INVOICE", 22, bold=True)
    pen.text(50, 85, i.seller, 11, bold=True)
    pen.text(50, 100, "Unit 7, Dock Road")
    pen.text(50, 113, "VAT no. GB123456789")
    pairs = [
        ("Invoice number:", i.number),
        ("Invoice date:", w.long_day(i.day)),
        ("Due date:", i.due and w.long_day(i.due)),
        ("PO number:", i.order),
        ("Customer no.:", i.customer),
    ]
    block(pen, 340, 85, pairs, 100)
    pen.text(50, 175, "Bill to:", bold=True)
    for row, text in enumerate((i.buyer, i.street, i.town)):
        pen.text(50, 190 + 13 * row, text)
    rows = [["Description", "Qty", "Unit price", "Amount"]]
    rows += [
        [x.description, str(x.quantity), w.english(x.price), w.english(x.amount)] for x in i.items
    ]
    y = grid(pen, 50, 250, (240, 60, 90, 100), rows, (1, 2, 3)) + 15
    for label, value in (
        ("Subtotal", i.subtotal),
        (f"VAT {i.tax_rate}%", i.tax),
        (f"Total {i.currency}", i.total),
    ):
        pen.text(350, y, label, bold=label.startswith("Total"))
        pen.text(536, y, w.english(value), align="right", bold=label.startswith("Total"))
        y += 15
    if i.iban:
        pen.text(50, 780, f"Please pay within 30 days to IBAN {i.iban}", 9)
    return pen.pdf()


def stripes(i: Invoice) -> bytes:
    """Facts in a band of labels above values; a table without vertical rules; sums with signs."""
    pen = Pen(LETTER)
    pen.text(562, 40, i.seller, 16, bold=True, align="right")
    pen.text(562, 62, "1200 Main Street, Springfield | (555) 010-2030", 9, align="right")
    pen.text(50, 100, "Billed To", 9, grey=0.4)
    pen.text(50, 113, i.buyer, 11)
    pen.text(50, 127, f"{i.street}, {i.town}", 9)
    facts: Pairs = [
        ("Invoice #", i.number),
        ("Date of issue", w.american_day(i.day)),
        ("Due by", i.due and w.american_day(i.due)),
        ("Order number", i.order),
    ]
    x = 50.0
    for label, value in facts:
        if value is not None:
            pen.text(x, 170, label, 9, bold=True)
            pen.text(x, 184, value, 10)
            x += 130
    pen.line(50, 215, 562, 215)
    columns = (
        (50, "left", "Item"),
        (350, "right", "Quantity"),
        (450, "right", "Price"),
        (562, "right", "Total"),
    )
    for at, align, label in columns:
        pen.text(at, 220, label, 9, bold=True, align=align)
    pen.line(50, 234, 562, 234)
    y = 242.0
    for x_ in i.items:
        texts = (
            x_.description,
            str(x_.quantity),
            w.signed(x_.price, i.currency),
            w.signed(x_.amount, i.currency),
        )
        for (at, align, _), text in zip(columns, texts, strict=True):
            pen.text(at, y, text, 10, align=align)
        y += 20
    pen.line(50, y, 562, y)
    for label, value in (("Sub total:", i.subtotal), ("Tax:", i.tax), ("Amount due:", i.total)):
        y += 18
        pen.text(450, y, label, 10, align="right")
        pen.text(562, y, w.signed(value, i.currency), 10, align="right")
    if i.iban:
        pen.text(50, 740, "IBAN", 9, bold=True)
        pen.text(80, 740, i.iban, 9)
    return pen.pdf()


def german(i: Invoice) -> bytes:
    """A German letter."""
    pen = Pen(A4, "Times")
    pen.text(60, 60, f"{i.seller} · Hafenweg 3 · 20457 Hamburg", 8)
    for row, text in enumerate((i.buyer, i.street, f"04109 {i.town}")):
        pen.text(60, 90 + 14 * row, text, 11)
    pen.text(535, 160, "Rechnung", 18, bold=True, align="right")
    block(
        pen,
        340,
        190,
        [
            ("Rechnungsnummer:", i.number),
            ("Rechnungsdatum:", w.dotted_day(i.day)),
            ("Kundennummer:", i.customer),
            ("Zahlbar bis:", i.due and w.dotted_day(i.due)),
            ("Bestellnummer:", i.order),
        ],
        110,
    )
    rows = [["Pos.", "Bezeichnung", "Menge", "Einzelpreis", "Betrag"]]
    for number, x in enumerate(i.items, 1):
        rows.append(
            [
                str(number),
                x.description,
                str(x.quantity),
                w.signed(x.price, "EUR", w.continental),
                w.signed(x.amount, "EUR", w.continental),
            ]
        )
    y = grid(pen, 60, 290, (35, 210, 60, 80, 90), rows, (2, 3, 4)) + 10
    for label, value in (
        ("Zwischensumme", i.subtotal),
        (f"zzgl. {i.tax_rate} % MwSt.", i.tax),
        ("Gesamtbetrag", i.total),
    ):
        pen.text(445, y, label, align="right")
        pen.text(531, y, w.signed(value, "EUR", w.continental), align="right")
        y += 15
    if i.iban:
        pen.text(60, 790, f"Bankverbindung: IBAN: {i.iban} · BIC: HASPDEHHXXX", 8)
    return pen.pdf()


def boxed(i: Invoice) -> bytes:
    """Facts in a drawn table of labels and values; totals are rows of the goods' table."""
    pen = Pen()
    pen.text(297, 40, i.seller.upper(), 14, bold=True, align="center")
    pen.text(297, 60, "TAX INVOICE", 12, align="center")
    facts = [
        ("Invoice No", i.number),
        ("Date", w.slashed_day(i.day)),
        ("Payment due", i.due and w.slashed_day(i.due)),
        ("Your order", i.order),
        ("Account", i.customer),
    ]
    rows = [[label, value] for label, value in facts if value is not None]
    grid_plain(pen, 330, 90, (90, 130), rows)
    pen.text(50, 92, "Sold to", 9, bold=True)
    pen.text(50, 105, i.buyer)
    pen.text(50, 118, i.street)
    body = [["Qty", "Product", "Unit cost", "Net"]]
    body += [
        [str(x.quantity), x.description, w.english(x.price), w.english(x.amount)] for x in i.items
    ]
    y = grid(pen, 50, 220, (50, 270, 90, 90), body, (0, 2, 3))
    for label, value in (
        ("Net total", i.subtotal),
        (f"VAT @ {i.tax_rate}%", i.tax),
        ("Grand total", i.total),
    ):
        pen.box(50, y, 410, 18)
        pen.box(460, y, 90, 18)
        pen.text(456, y + 4, label, 9, align="right")
        pen.text(546, y + 4, w.coded(value, i.currency), 9, align="right")
        y += 18
    if i.iban:
        pen.text(50, y + 30, "Bank details", 10, bold=True)
        pen.text(50, y + 44, f"IBAN {i.iban}", 10)
    return pen.pdf()


def grid_plain(
    pen: Pen,
    x: float,
    y: float,
    widths: Sequence[float],
    rows: Sequence[Sequence[str]],
    high: float = 17,
) -> float:
    """A drawn table without a header."""
    for row in rows:
        at = x
        for wide, text in zip(widths, row, strict=True):
            pen.box(at, y, wide, high)
            pen.text(at + 4, y + 4, text, 9)
            at += wide
        y += high
    return y


def underlined(f: Form) -> bytes:
    """Labels, each with its value on a rule."""
    pen = Pen()
    pen.text(50, 50, "Application for membership", 16, bold=True)
    pen.paragraph(
        50,
        80,
        480,
        "Please write in capitals. Fields that do not apply stay empty. Return this form to the office before the end of the month.",
        9,
    )
    pairs: Pairs = [
        ("Full name", f.name),
        ("Date of birth", w.slashed_day(f.born)),
        ("Address", f.address),
        ("Town", f.city),
        ("Telephone", f.phone),
        ("E-mail", f.email),
        ("ID number", f.id),
        ("Membership number", f.member),
        ("Employer", f.employer),
        ("Annual salary", f.salary and w.coded(f.salary, f.currency)),
        ("Start date", f.start and w.slashed_day(f.start)),
        ("Marital status", f.status),
    ]
    y = 130.0
    for label, value in pairs:
        pen.text(50, y, label + ":")
        pen.line(170, y + 12, 480, y + 12)
        if value is not None:
            pen.text(175, y, value)
        y += 28
    pen.text(50, y + 30, "Signature ______________________    Date ______________", 9)
    return pen.pdf()


def captions(f: Form) -> bytes:
    """Boxes in two columns, each with a small caption above its value."""
    pen = Pen()
    pen.text(50, 40, "REGISTRATION FORM", 14, bold=True)
    pairs: Pairs = [
        ("Name", f.name),
        ("Date of birth", w.long_day(f.born)),
        ("Passport number", f.id),
        ("Policy number", f.member),
        ("Street address", f.address),
        ("City", f.city),
        ("Phone number", f.phone),
        ("Email address", f.email),
        ("Employed by", f.employer),
        ("Gross salary", f.salary and w.signed(f.salary, f.currency)),
        ("Valid from", f.start and w.long_day(f.start)),
        ("Civil status", f.status),
    ]
    for number, (label, value) in enumerate(pairs):
        x, y = 50 + 250 * (number % 2), 80 + 40 * (number // 2)
        pen.box(x, y, 250, 40)
        pen.text(x + 4, y + 4, label, 7, grey=0.3)
        if value is not None:
            pen.text(x + 8, y + 18, value, 11)
    return pen.pdf()


def four_columns(f: Form) -> bytes:
    """A table: label, value, label, value."""
    pen = Pen(LETTER)
    pen.text(50, 40, "Employee record", 15, bold=True)
    pairs: Pairs = [
        ("Applicant name", f.name),
        ("DOB", w.iso_day(f.born)),
        ("National ID", f.id),
        ("Member ID", f.member),
        ("Home address", f.address),
        ("City", f.city),
        ("Mobile", f.phone),
        ("Email", f.email),
        ("Company", f.employer),
        ("Salary", f.salary and w.english(f.salary)),
        ("Effective from", f.start and w.iso_day(f.start)),
        ("Status", f.status),
    ]
    rows = [
        [pairs[n][0], pairs[n][1] or "", pairs[n + 1][0], pairs[n + 1][1] or ""]
        for n in range(0, 12, 2)
    ]
    grid_plain(pen, 40, 80, (95, 170, 95, 170), rows, 22)
    return pen.pdf()


def cover(r: Report) -> bytes:
    """A cover page with facts, then prose and a drawn table."""
    pen = Pen()
    pen.text(297, 200, r.project, 26, bold=True, align="center")
    pen.text(297, 240, "Progress report", 16, align="center")
    pairs: Pairs = [
        ("Report number:", r.number),
        ("Date:", w.long_day(r.day)),
        ("Prepared by:", r.author),
        ("Approved by:", r.approved),
        ("Prepared for:", r.client),
        ("Project:", r.project),
        ("Version:", None if r.version is None else str(r.version)),
        ("Total budget:", r.budget and w.coded(r.budget, r.currency)),
        ("Period from:", r.start and w.long_day(r.start)),
        ("Period to:", r.end and w.long_day(r.end)),
    ]
    block(pen, 150, 420, pairs, 110, 11)
    _prose_pages(pen, r)
    rows = [["Measure", "Planned", "Actual"]] + [
        [m.name, str(m.planned), str(m.actual)] for m in r.measures
    ]
    pen.text(60, 60, "Figures", 13, bold=True)
    grid(pen, 60, 85, (200, 100, 100), rows, (1, 2))
    return pen.pdf()


def _prose_pages(pen: Pen, r: Report) -> None:
    pen.page()
    y = 60.0
    for number, text in enumerate(r.prose, 1):
        if y > 700:
            pen.page()
            y = 60.0
        pen.text(60, y, f"{number}. Findings", 12, bold=True)
        y = pen.paragraph(60, y + 20, 470, text) + 14
    pen.page()


def memo(r: Report) -> bytes:
    """Facts in a head over the prose, the table on the same page."""
    pen = Pen(LETTER, "Times")
    pen.text(60, 50, "INSPECTION REPORT", 16, bold=True)
    pen.text(552, 50, f"Report no. {r.number}", 11, align="right")
    pen.line(60, 72, 552, 72)
    left: Pairs = [
        ("Site:", r.project),
        ("Client:", r.client),
        ("Inspector:", r.author),
        ("Checked by:", r.approved),
    ]
    right: Pairs = [
        ("Date issued:", w.american_day(r.day)),
        ("Revision:", None if r.version is None else str(r.version)),
        ("Start date:", r.start and w.american_day(r.start)),
        ("End date:", r.end and w.american_day(r.end)),
    ]
    block(pen, 60, 80, left, 70, bold=True)
    block(pen, 330, 80, right, 80, bold=True)
    pen.line(60, 150, 552, 150)
    y = 165.0
    for text in r.prose[:4]:
        y = pen.paragraph(60, y, 490, text, 11) + 8
    if r.budget:
        y = pen.paragraph(60, y, 490, f"Approved budget: {w.signed(r.budget, r.currency)}", 11) + 8
    columns = ((60, "left"), (330, "right"), (430, "right"))
    for (at, align), label in zip(columns, ("Parameter", "Limit", "Measured"), strict=True):
        pen.text(at, y, label, 11, bold=True, align=align)
    for m in r.measures:
        y += 16
        for (at, align), text in zip(columns, (m.name, str(m.planned), str(m.actual)), strict=True):
            pen.text(at, y, text, 11, align=align)
    return pen.pdf()


WRITERS = (
    Writer(INVOICE, "classic", classic),
    Writer(INVOICE, "stripes", stripes, ("customer.number",)),
    Writer(INVOICE, "german", german, ("buyer",)),
    Writer(INVOICE, "boxed", boxed),
    Writer(FORM, "underlined", underlined),
    Writer(FORM, "captions", captions),
    Writer(FORM, "four columns", four_columns),
    Writer(REPORT, "cover", cover),
    Writer(REPORT, "memo", memo),
)
