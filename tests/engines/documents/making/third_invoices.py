"""The invoices of the third set of layouts."""

import io

import docx

from tests.engines.documents.making import wording as w
from tests.engines.documents.making.made import INVOICE, Writer
from tests.engines.documents.making.pen import A4, LETTER, Pen
from tests.engines.documents.making.truth import Invoice

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LANDSCAPE = (842.0, 595.0)


def spanish(i: Invoice) -> bytes:
    """Sums in a band at the foot, each below its label."""
    pen = Pen()
    pen.text(545, 40, "FACTURA", 20, bold=True, align="right")
    pen.text(50, 40, "Talleres Bahía S.A.", 13, bold=True)
    pen.text(50, 58, "C/ Mayor 12, 28013 Madrid - CIF A12345678", 8)
    y = 90.0
    for label, value in (
        ("Número de factura", i.number),
        ("Fecha de factura", w.slashed_day(i.day)),
        ("Vencimiento", i.due and w.slashed_day(i.due)),
        ("Pedido", i.order),
        ("Número de cliente", i.customer),
    ):
        if value:
            pen.text(400, y, label, 9, bold=True, align="right")
            pen.text(412, y, value, 9)
            y += 15
    pen.text(50, 95, "Cliente:", 9, bold=True)
    pen.text(95, 95, i.buyer, 9)
    pen.text(95, 108, i.street, 9)
    pen.text(95, 121, i.town, 9)
    y = 210.0
    pen.box(50, y, 495, 18, fill=0.8)
    for at, align, label in (
        (55, "left", "Concepto"),
        (350, "right", "Cantidad"),
        (440, "right", "Precio"),
        (540, "right", "Importe"),
    ):
        pen.text(at, y + 4, label, 9, bold=True, align=align)
    for item in i.items:
        y += 19
        for at, align, text in (
            (55, "left", item.description),
            (350, "right", str(item.quantity)),
            (440, "right", w.continental(item.price)),
            (540, "right", w.continental(item.amount)),
        ):
            pen.text(at, y + 4, text, 9, align=align)
        pen.line(50, y + 18, 545, y + 18, 0.2)
    for number, (label, value) in enumerate(
        (("Base imponible", i.subtotal), (f"IVA {i.tax_rate}%", i.tax), ("Importe total", i.total))
    ):
        x = 50 + 165 * number
        pen.box(x, 720, 165, 16)
        pen.box(x, 736, 165, 22)
        pen.text(x + 82, 723, label, 8, bold=True, align="center")
        pen.text(x + 82, 741, w.signed(value, "EUR", w.continental), 11, align="center")
    if i.iban:
        pen.text(50, 775, f"Forma de pago: transferencia a {i.iban}", 8)
    return pen.pdf()


def carried(i: Invoice) -> bytes:
    """Goods go on to a second page, with a sum carried forward and the header again."""
    pen = Pen(A4, "Times")
    pen.text(60, 50, f"{i.seller}", 14, bold=True)
    pen.text(60, 100, f"To: {i.buyer}, {i.street}, {i.town}", 11)
    pen.text(60, 130, f"Invoice no.: {i.number}", 11)
    pen.text(60, 146, f"Invoice date: {w.long_day(i.day)}", 11)
    y = 162.0
    for label, value in (
        ("Payment due date", i.due and w.long_day(i.due)),
        ("Customer order", i.order),
        ("Client ID", i.customer),
    ):
        if value:
            pen.text(60, y, f"{label}: {value}", 11)
            y += 16
    columns = ((60, "left"), (340, "right"), (435, "right"), (535, "right"))

    def head(y: float) -> None:
        for (at, align), label in zip(columns, ("Goods", "Units", "Price", "Value"), strict=True):
            pen.text(at, y, label, 10, bold=True, align=align)
        pen.line(60, y + 14, 535, y + 14)

    y = 250.0
    head(y)
    for number, item in enumerate(i.items):
        if number == 2:
            pen.text(435, y + 30, "Carried forward", 10, italic=True, align="right")
            pen.text(535, y + 30, w.english(sum(x.amount for x in i.items[:2])), 10, align="right")
            pen.page()
            y = 60.0
            head(y)
        y += 19
        for (at, align), text in zip(
            columns,
            (item.description, str(item.quantity), w.english(item.price), w.english(item.amount)),
            strict=True,
        ):
            pen.text(at, y, text, 10, align=align)
    pen.line(340, y + 16, 535, y + 16)
    for label, value in (
        ("Total net", i.subtotal),
        (f"plus {i.tax_rate}% VAT", i.tax),
        ("Total payable", i.total),
    ):
        y += 20
        pen.text(435, y, label, 10, align="right")
        pen.text(535, y, w.coded(value, i.currency), 10, align="right")
    if i.iban:
        pen.text(60, 760, f"Our bank: Coastal Bank, IBAN {i.iban}, BIC COASGB2L", 9)
    return pen.pdf()


def black_bars(i: Invoice) -> bytes:
    """White letters on dark bars; a grid with empty rows; an item number nobody asks for."""
    pen = Pen(LETTER)
    pen.text(40, 36, i.seller, 15, bold=True)
    pen.text(572, 36, "Invoice", 22, align="right", grey=0.3)
    cells = (
        ("INVOICE #", i.number),
        ("DATE", w.american_day(i.day)),
        ("DUE DATE", i.due and w.american_day(i.due)),
        ("P.O. NUMBER", i.order),
    )
    for number, (label, value) in enumerate(cells):
        x, y = 352 + 110 * (number % 2), 70 + 36 * (number // 2)
        pen.box(x, y, 110, 15, fill=0.25)
        pen.text(x + 55, y + 3, label, 8, bold=True, align="center", grey=1.0)
        if value:
            pen.text(x + 55, y + 19, value, 9, align="center")
    pen.box(40, 100, 250, 15, fill=0.25)
    pen.text(46, 103, "BILL TO", 8, bold=True, grey=1.0)
    for row, text in enumerate((i.buyer, i.street, i.town)):
        pen.text(46, 119 + 12 * row, text, 9)
    _barred_goods(pen, i)
    return pen.pdf()


def _barred_goods(pen: Pen, i: Invoice) -> None:
    widths, labels = (
        (45, 70, 230, 90, 97),
        ("QTY", "ITEM #", "DESCRIPTION", "UNIT PRICE", "LINE TOTAL"),
    )
    y = 190.0
    x = 40.0
    for wide, label in zip(widths, labels, strict=True):
        pen.box(x, y, wide, 16, fill=0.25)
        pen.text(x + wide / 2, y + 4, label, 8, bold=True, align="center", grey=1.0)
        x += wide
    for number in range(12):
        y += 17
        x = 40.0
        item = i.items[number] if number < len(i.items) else None
        texts = (
            (
                str(item.quantity),
                f"{1000 + 37 * number}",
                item.description,
                w.english(item.price),
                w.english(item.amount),
            )
            if item
            else ("",) * 5
        )
        for column, (wide, text) in enumerate(zip(widths, texts, strict=True)):
            pen.box(x, y, wide, 17)
            pen.text(
                x + wide - 4 if column > 2 else x + 4,
                y + 4,
                text,
                9,
                align="right" if column > 2 else "left",
            )
            x += wide
    for label, value in (
        ("SUBTOTAL", i.subtotal),
        (f"SALES TAX {i.tax_rate}%", i.tax),
        ("TOTAL", i.total),
    ):
        y += 17
        pen.text(471, y + 4, label, 8, bold=True, align="right")
        pen.box(475, y, 97, 17)
        pen.text(568, y + 4, w.signed(value, i.currency), 9, align="right")


def landscape(i: Invoice) -> bytes:
    """Three columns of a head on a wide page; labels in italics without colons."""
    pen = Pen(LANDSCAPE, "Times")
    pen.text(421, 36, i.seller, 18, bold=True, align="center")
    for row, text in enumerate((i.buyer, i.street, i.town)):
        pen.text(60, 95 + 14 * row, text, 11)
    pen.text(60, 78, "Client", 9, italic=True)
    left = (("Document number", i.number), ("Issue date", w.short_day(i.day)))
    right = (
        ("Payable by", i.due and w.short_day(i.due)),
        ("Order reference", i.order),
        ("Account number", i.customer),
    )
    for x, pairs in ((330, left), (580, right)):
        y = 78.0
        for label, value in pairs:
            if value:
                pen.text(x, y, label, 9, italic=True)
                pen.text(x + 95, y, value, 10)
                y += 17
    y = 180.0
    for at, align, label in (
        (60, "left", "Item"),
        (460, "center", "Quantity"),
        (600, "right", "Unit cost"),
        (780, "right", "Line total"),
    ):
        pen.text(at, y, label, 10, bold=True, align=align)
    pen.line(60, y + 15, 780, y + 15)
    for item in i.items:
        y += 20
        for at, align, text in (
            (60, "left", item.description),
            (460, "center", str(item.quantity)),
            (600, "right", w.signed(item.price, i.currency)),
            (780, "right", w.signed(item.amount, i.currency)),
        ):
            pen.text(at, y, text, 10, align=align)
    y += 10
    for label, value in (
        ("Net amount", i.subtotal),
        (f"Tax {i.tax_rate} %", i.tax),
        ("Balance due", i.total),
    ):
        y += 18
        pen.text(600, y, label, 10, align="right", italic=True)
        pen.text(780, y, w.signed(value, i.currency), 10, align="right")
    if i.iban:
        pen.text(60, 550, f"IBAN: {i.iban}", 9)
    return pen.pdf()


def tabbed(i: Invoice) -> bytes:
    """A Word file with two facts in each line, set by tabs."""
    document = docx.Document()
    document.add_paragraph(i.seller).runs[0].bold = True
    facts = [
        ("Invoice number:", i.number),
        ("Billing date:", w.dotted_day(i.day)),
        ("Due on:", i.due and w.dotted_day(i.due)),
        ("Purchase order number:", i.order),
        ("Customer no.:", i.customer),
    ]
    told = [(label, value) for label, value in facts if value]
    for at in range(0, len(told), 2):
        document.add_paragraph(
            "\t\t".join(f"{label}\t{value}" for label, value in told[at : at + 2])
        )
    document.add_paragraph(f"Invoiced to:\t{i.buyer}")
    table = document.add_table(rows=1, cols=5)
    table.style = "Table Grid"
    for cell, text in zip(
        table.rows[0].cells, ("No.", "Service", "Hours", "Rate", "Amount"), strict=True
    ):
        cell.text = text
    for number, item in enumerate(i.items, 1):
        for cell, text in zip(
            table.add_row().cells,
            (
                str(number),
                item.description,
                str(item.quantity),
                w.english(item.price),
                w.english(item.amount),
            ),
            strict=True,
        ):
            cell.text = text
    for label, value in (
        ("Amount before tax", i.subtotal),
        (f"VAT {i.tax_rate}%", i.tax),
        ("Total incl. VAT", i.total),
    ):
        document.add_paragraph(f"{label}\t{w.coded(value, i.currency)}")
    if i.iban:
        document.add_paragraph(f"Bank: IBAN {i.iban}")
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


WRITERS = (
    Writer(INVOICE, "spanish", spanish),
    Writer(INVOICE, "carried", carried, ("buyer",)),
    Writer(INVOICE, "black bars", black_bars, ("customer.number", "iban")),
    Writer(INVOICE, "landscape", landscape),
    Writer(INVOICE, "tabbed", tabbed, (), DOCX),
)
