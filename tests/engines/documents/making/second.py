"""More layouts that the rules were corrected with, after they had been tried on them once.

Invoices and forms of several trades and countries, on paper. They say things in their own words:
some labels stand in no taxonomy, and some layouts are hard on purpose.
"""

from collections.abc import Sequence

from tests.engines.documents.making import wording as w
from tests.engines.documents.making.made import FORM, INVOICE, Writer
from tests.engines.documents.making.pen import A4, LETTER, Pen
from tests.engines.documents.making.truth import Form, Invoice

Told = str | None


def french(i: Invoice) -> bytes:
    """Horizontal rules only, spaces between thousands, dates with slashes."""
    pen = Pen(A4, "Times")
    pen.text(50, 45, "Atelier du Port", 18, bold=True, italic=True)
    pen.text(50, 70, "8 rue des Docks, 33000 Bordeaux - SIRET 812 345 678 00017", 9)
    pen.text(330, 110, i.buyer, 11, bold=True)
    pen.text(330, 124, i.street, 11)
    pen.text(330, 138, f"75011 {i.town}", 11)
    pen.text(50, 185, f"Facture n° {i.number}", 15, bold=True)
    y = 210.0
    for told in (
        f"Date de facture : {w.slashed_day(i.day)}",
        i.due and f"Date d'échéance : {w.slashed_day(i.due)}",
        i.order and f"Commande n° {i.order}",
        i.customer and f"Numéro de client : {i.customer}",
    ):
        if told:
            pen.text(50, y, told)
            y += 14
    y = 300.0
    columns = (
        (50, "left", "Désignation"),
        (330, "right", "Qté"),
        (430, "right", "P.U. HT"),
        (545, "right", "Montant HT"),
    )
    pen.line(50, y - 4, 545, y - 4, 1.2)
    for at, align, label in columns:
        pen.text(at, y, label, bold=True, align=align)
    pen.line(50, y + 16, 545, y + 16)
    for item in i.items:
        y += 22
        texts = (item.description, str(item.quantity), w.spaced(item.price), w.spaced(item.amount))
        for (at, align, _), text in zip(columns, texts, strict=True):
            pen.text(at, y, text, align=align)
        pen.line(50, y + 15, 545, y + 15, 0.3)
    for label, value in (
        ("Total HT", i.subtotal),
        (f"TVA {i.tax_rate},0 %", i.tax),
        ("Total TTC", i.total),
    ):
        y += 24
        pen.text(340, y, label, 11, bold=label.endswith("TTC"))
        pen.text(
            545, y, w.signed(value, "EUR", w.spaced), 11, align="right", bold=label.endswith("TTC")
        )
    if i.iban:
        pen.text(297, 800, f"IBAN : {i.iban} - BIC : CRLYFRPP", 8, align="center")
    return pen.pdf()


def utility(i: Invoice) -> bytes:
    """A grey box with what matters in large letters, facts in a band, charges below."""
    pen = Pen(LETTER)
    pen.text(40, 36, "CITY POWER & WATER", 17, bold=True)
    pen.text(40, 58, "Customer service 0800 555 0199", 8)
    pen.box(380, 30, 200, 90, fill=0.88)
    pen.text(392, 40, "Amount due", 10)
    pen.text(392, 56, w.signed(i.total, "USD"), 20, bold=True)
    if i.due:
        pen.text(392, 88, "Pay by", 9)
        pen.text(392, 100, w.american_day(i.due), 11, bold=True)
    pen.text(40, 140, i.buyer, 11)
    pen.text(40, 154, i.street, 11)
    pen.text(40, 168, i.town.upper(), 11)
    pen.line(40, 200, 572, 200, 1.5)
    facts: Sequence[tuple[float, str, Told]] = (
        (40, "Account number", i.customer),
        (180, "Bill number", i.number),
        (330, "Bill date", w.american_day(i.day)),
        (480, "Order", i.order),
    )
    for x, label, value in facts:
        if value:
            pen.text(x, 206, label, 8, grey=0.35)
            pen.text(x, 217, value, 10, bold=True)
    pen.line(40, 234, 572, 234, 1.5)
    pen.text(40, 250, "What you are paying for", 13, bold=True)
    y = 276.0
    for x, align, label in (
        (40, "left", "Details"),
        (360, "right", "Units"),
        (460, "right", "Rate"),
        (572, "right", "Amount ($)"),
    ):
        pen.text(x, y, label, 9, bold=True, align=align)
    for number, item in enumerate(i.items):
        y += 17
        if number % 2 == 0:
            pen.box(40, y - 3, 532, 16, fill=0.95)
        pen.text(40, y, item.description, 9)
        pen.text(360, y, str(item.quantity), 9, align="right")
        pen.text(460, y, w.english(item.price), 9, align="right")
        pen.text(572, y, w.english(item.amount), 9, align="right")
    y += 26
    for label, value in (
        ("Charges before tax", i.subtotal),
        (f"Sales tax at {i.tax_rate}%", i.tax),
        ("Total amount due", i.total),
    ):
        pen.text(460, y, label, 9, align="right", bold=label.startswith("Total"))
        pen.text(572, y, w.english(value), 9, align="right", bold=label.startswith("Total"))
        y += 15
    return pen.pdf()


def modern(i: Invoice) -> bytes:
    """Labels over values on the left, descriptions in two lines, the sum twice."""
    pen = Pen()
    pen.text(48, 48, "Invoice", 26)
    pen.text(547, 52, i.seller, 13, bold=True, align="right")
    y = 100.0
    for label, value in (
        ("Invoice number", i.number),
        ("Issued", w.short_day(i.day)),
        ("Due", i.due and w.short_day(i.due)),
        ("PO number", i.order),
    ):
        if value:
            pen.text(48, y, label, 8, grey=0.5)
            pen.text(48, y + 11, value, 10)
            y += 30
    pen.text(300, 100, "Billed to", 8, grey=0.5)
    pen.text(300, 111, i.buyer, 10)
    pen.text(300, 124, i.street, 10)
    pen.text(300, 137, i.town, 10)
    y = 250.0
    pen.text(48, y, f"{w.SIGNS[i.currency]}{w.english(i.total)} due", 15, bold=True)
    y += 40
    for at, align, label in (
        (48, "left", "Description"),
        (350, "right", "Qty"),
        (450, "right", "Unit price"),
        (547, "right", "Amount"),
    ):
        pen.text(at, y, label, 8, align=align, grey=0.5)
    pen.line(48, y + 13, 547, y + 13, 0.4)
    y += 20
    for number, item in enumerate(i.items):
        pen.text(48, y, item.description, 10)
        pen.text(350, y, str(item.quantity), 10, align="right")
        pen.text(450, y, w.signed(item.price, i.currency), 10, align="right")
        pen.text(547, y, w.signed(item.amount, i.currency), 10, align="right")
        if number % 2:
            pen.text(48, y + 13, "May 1 - May 31", 8, grey=0.5)
        y += 32
    for label, value in (
        ("Subtotal", i.subtotal),
        (f"Tax ({i.tax_rate}%)", i.tax),
        ("Total", i.total),
        ("Amount due", i.total),
    ):
        pen.line(350, y - 4, 547, y - 4, 0.3)
        pen.text(350, y, label, 9, bold=label.startswith("Amount"))
        pen.text(
            547, y, w.signed(value, i.currency), 9, align="right", bold=label.startswith("Amount")
        )
        y += 18
    return pen.pdf()


def builder(i: Invoice) -> bytes:
    """Facts in a grid of labels over values; columns that nobody asks for; totals boxed."""
    pen = Pen()
    pen.box(40, 40, 515, 50)
    pen.text(50, 52, i.seller, 16, bold=True)
    pen.text(545, 56, "INVOICE / FACTURE", 12, bold=True, align="right")
    facts = [
        ("Invoice No.", i.number),
        ("Date", w.slashed_day(i.day)),
        ("Due date", i.due and w.slashed_day(i.due)),
        ("Order No.", i.order),
        ("Client No.", i.customer),
    ]
    for number, (label, value) in enumerate(facts):
        x = 40 + 103 * number
        pen.box(x, 100, 103, 16, fill=0.85)
        pen.box(x, 100, 103, 16)
        pen.box(x, 116, 103, 18)
        pen.text(x + 51, 103, label, 8, bold=True, align="center")
        if value:
            pen.text(x + 51, 120, value, 9, align="center")
    pen.text(40, 150, "Invoice to", 9, bold=True)
    pen.text(110, 150, i.buyer, 9)
    pen.text(110, 162, f"{i.street}, {i.town}", 9)
    _built_goods(pen, i)
    return pen.pdf()


def _built_goods(pen: Pen, i: Invoice) -> None:
    widths, labels = (
        (45, 200, 40, 50, 80, 100),
        ("Ref", "Work done", "Unit", "Qty", "Rate", "Total"),
    )
    y = 190.0
    rows = [labels] + [
        (f"A{n:02d}", x.description, "pc", str(x.quantity), w.english(x.price), w.english(x.amount))
        for n, x in enumerate(i.items, 1)
    ]
    for number, row in enumerate(rows):
        x = 40.0
        for column, (wide, text) in enumerate(zip(widths, row, strict=True)):
            pen.line(x, y, x, y + 17)
            right = column > 2
            pen.text(
                x + wide - 4 if right else x + 4,
                y + 4,
                text,
                9,
                align="right" if right else "left",
                bold=number == 0,
            )
            x += wide
        pen.line(555, y, 555, y + 17)
        if number < 2:
            pen.line(40, y, 555, y)
        y += 17
    pen.line(40, y, 555, y)
    y += 10
    for label, value in (
        ("Net amount", i.subtotal),
        (f"VAT {i.tax_rate}%", i.tax),
        (f"TOTAL {i.currency}", i.total),
    ):
        pen.box(355, y, 100, 18)
        pen.box(455, y, 100, 18)
        pen.text(360, y + 5, label, 9, bold=True)
        pen.text(550, y + 5, w.english(value), 9, align="right")
        y += 18
    if i.iban:
        pen.text(
            40, y + 20, f"Payment by transfer. Account (IBAN): {i.iban}. Reference: {i.number}", 8
        )


def receipt(i: Invoice) -> bytes:
    """A slip from a till: no header over the goods, one narrow column."""
    pen = Pen((250.0, 420.0 + 24 * len(i.items)), "Courier")
    pen.text(125, 20, i.seller[:26], 11, bold=True, align="center")
    pen.text(125, 34, "Tel 0117 496 0000", 8, align="center")
    pen.text(125, 56, f"Invoice {i.number}", 9, align="center")
    pen.text(20, 76, f"Date: {w.iso_day(i.day)}", 9)
    pen.text(230, 76, "14:32", 9, align="right")
    if i.customer:
        pen.text(20, 90, f"Customer: {i.buyer}", 9)
    else:
        pen.text(20, 90, f"Sold to: {i.buyer}", 9)
    pen.text(20, 104, "-" * 38, 9)
    y = 118.0
    for item in i.items:
        pen.text(20, y, item.description, 9)
        pen.text(20, y + 11, f"  {item.quantity} x {w.english(item.price)}", 9)
        pen.text(230, y + 11, w.english(item.amount), 9, align="right")
        y += 24
    pen.text(20, y, "-" * 38, 9)
    for label, value in (
        ("Net", i.subtotal),
        (f"VAT {i.tax_rate}%", i.tax),
        (f"TOTAL {i.currency}", i.total),
    ):
        y += 14
        pen.text(20, y, label, 10, bold=label.startswith("TOTAL"))
        pen.text(230, y, w.english(value), 10, align="right")
    pen.text(125, y + 30, "Thank you for your visit", 9, align="center")
    return pen.pdf()


def _pairs(f: Form, names: Sequence[str], day: w.Day) -> list[tuple[str, Told]]:
    salary = f.salary and w.coded(f.salary, f.currency)
    values = (
        f.name,
        day(f.born),
        f.id,
        f.member,
        f.address,
        f.city,
        f.phone,
        f.email,
        f.employer,
        salary,
        f.start and day(f.start),
        f.status,
    )
    return list(zip(names, values, strict=True))


def dotted(f: Form) -> bytes:
    """Dots lead from the label to the value; three headings in between."""
    pen = Pen(A4, "Times")
    pen.text(297, 50, "LIBRARY CARD APPLICATION", 15, bold=True, align="center")
    names = (
        "Name of applicant",
        "Date of birth",
        "Identity number",
        "Member ID",
        "Residential address",
        "Town or city",
        "Daytime telephone",
        "E-mail address",
        "Employer",
        "Yearly income",
        "Valid from",
        "Status",
    )
    y = 90.0
    for number, (label, value) in enumerate(_pairs(f, names, w.long_day)):
        if number in (0, 4, 8):
            y += 10
            pen.text(
                50,
                y,
                ("A. The person", "B. Where to find you", "C. Work")[number // 4],
                12,
                bold=True,
            )
            y += 22
        end = pen.text(60, y, label, 11)
        pen.text(end + 4, y, "." * int((300 - end) / 2.75), 11)
        if value:
            pen.text(305, y, value, 11)
        y += 19
    return pen.pdf()


def questions(f: Form) -> bytes:
    """Numbered questions; the answer stands in a box below."""
    pen = Pen(LETTER)
    pen.text(50, 40, "Visitor registration", 18, bold=True)
    pen.paragraph(
        50,
        66,
        500,
        "Answer every question that concerns you. Your data is kept for twelve months.",
        9,
    )
    names = (
        "Full name",
        "Date of birth",
        "Passport or identity number",
        "Membership number (if any)",
        "Street address",
        "City",
        "Phone number",
        "Email",
        "Name of employer",
        "Annual salary before tax",
        "Start date",
        "Marital status",
    )
    y = 100.0
    for number, (label, value) in enumerate(_pairs(f, names, w.american_day)):
        x = 50 if number % 2 == 0 else 320
        pen.text(x, y, f"{number + 1}. {label}", 9, bold=True)
        pen.box(x, y + 13, 230, 20)
        if value:
            pen.text(x + 6, y + 18, value, 10)
        if number % 2:
            y += 52
    return pen.pdf()


def side_by_side(f: Form) -> bytes:
    """Two columns of bold labels with colons, values on the same line, close to each other."""
    pen = Pen()
    pen.box(40, 40, 515, 30, fill=0.2)
    pen.text(50, 48, "PERSONNEL FILE - CONFIDENTIAL", 13, bold=True, grey=1.0)
    names = (
        "Name",
        "Born",
        "ID",
        "Registration number",
        "Home address",
        "City",
        "Mobile",
        "E-mail",
        "Organisation",
        "Gross salary",
        "Commencement date",
        "Civil status",
    )
    y = 95.0
    for number, (label, value) in enumerate(_pairs(f, names, w.dotted_day)):
        x = 45 if number % 2 == 0 else 305
        end = pen.text(x, y, f"{label}:", 10, bold=True)
        if value:
            pen.text(end + 5, y, value, 10)
        if number % 2:
            y += 24
    pen.text(45, y + 30, "Reviewed on 01.02.2025 by the personnel office, extension 4471", 9)
    return pen.pdf()


def below_the_rule(f: Form) -> bytes:
    """Hard: a value stands on a rule, and small letters under it say what it is."""
    pen = Pen()
    pen.text(50, 50, "Declaration", 18, bold=True)
    names = (
        "Full name",
        "Date of birth",
        "ID number",
        "Policy number",
        "Address",
        "City",
        "Telephone",
        "E-mail",
        "Employer",
        "Annual salary",
        "Effective from",
        "Marital status",
    )
    y = 120.0
    for number, (label, value) in enumerate(_pairs(f, names, w.long_day)):
        x = 50 if number % 2 == 0 else 310
        if value:
            pen.text(x + 4, y, value, 11)
        pen.line(x, y + 15, x + 230, y + 15)
        pen.text(x, y + 18, label, 7, grey=0.3)
        if number % 2:
            y += 60
    return pen.pdf()


WRITERS = (
    Writer(INVOICE, "french", french, ("buyer",)),
    Writer(INVOICE, "utility", utility, ("buyer", "iban")),
    Writer(INVOICE, "modern", modern, ("customer.number", "iban")),
    Writer(INVOICE, "builder", builder),
    Writer(INVOICE, "receipt", receipt, ("invoice.due", "order.number", "customer.number", "iban")),
    Writer(FORM, "dotted", dotted),
    Writer(FORM, "questions", questions),
    Writer(FORM, "side by side", side_by_side),
    Writer(FORM, "below the rule", below_the_rule),
)
