"""What bench/sheet.py holds our sheets against: the same lines and codes, drawn with reportlab's path API."""

import io
import re

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from print.codes import QUIET, encode
from print.filling import filled
from print.fitting import MM, line_height
from print.fonts import FONTS
from print.layouts import Layout
from print.sheets import Slip, given


def draw(made: list[Slip], layout: Layout) -> bytes:
    """The same lines at the same places and the same codes, a rectangle for each run of dark modules."""
    pdfmetrics.registerFont(TTFont("Sheet", FONTS[0].path))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(layout.page_width * MM, layout.page_height * MM), pageCompression=1)
    canvas.setTitle("七年级生物")
    parts, grid = given(made), layout.grid
    design = layout.faces(parts)[0].design
    text = design.column

    def write(lines: tuple[str, ...], size: float, x: float, y: float, grey: float = 0) -> float:
        canvas.setFont("Sheet", size)
        canvas.setFillGray(grey)
        for line in lines:
            y += line_height(size)
            canvas.drawString(x * MM, (layout.page_height - y + line_height(size) * 0.25) * MM, line)
        return y

    for index, slip in enumerate(made):
        if index and index % layout.per_page == 0:
            canvas.showPage()
        left, top = layout.corners[index % layout.per_page]
        cell = filled(slip, design)
        canvas.setDash(2, 2)
        bottom = layout.page_height - top - grid.cell_height
        canvas.rect(left * MM, bottom * MM, grid.cell_width * MM, grid.cell_height * MM)
        write(cell.title.lines, cell.title.size, left + text.x, top + text.y)
        y = top + text.y + text.height - sum(line_height(line.size) for line in cell.foot)
        for line in cell.foot:
            y = write((line.text,), line.size, left + text.x, y, 0 if line.part == "student" else 0.33)
        if cell.spoken:
            write(cell.spoken.lines, cell.spoken.size, left + design.spoken.box.x + 6, top + design.spoken.box.y)
        canvas.setFillGray(0)
        code = encode(slip.url, "Q")
        module = layout.module(code.size, parts)
        path = canvas.beginPath()
        for row, bits in enumerate(code.rows, QUIET + 1):
            y = layout.page_height - top - design.code.y - row * module
            for run in re.finditer("1+", f"{bits:0{code.size}b}"):
                x = left + design.code.x + (run.start() + QUIET) * module
                path.rect(x * MM, y * MM, (run.end() - run.start()) * module * MM, module * MM)
        canvas.drawPath(path, stroke=0, fill=1)
    canvas.save()
    return file.getvalue()
