"""Label sheets by their trade numbers, as their makers measure them.

Millimetres: label width and height, left and top margin, pitch across and down. Die-cut sheets are symmetric, so margins
follow from the other figures; the sizes are those printed on the packs.
"""

IN = 25.4

# name: trade name, paper, columns, rows, width, height, left, top, pitch across, pitch down
LABELS: dict[str, tuple[str, str, int, int, float, float, float, float, float, float]] = {
    "avery-l7159": ("Avery L7159", "A4", 3, 8, 63.5, 33.9, 7.21, 12.9, 66.04, 33.9),
    "avery-l7160": ("Avery L7160", "A4", 3, 7, 63.5, 38.1, 7.21, 15.15, 66.04, 38.1),
    "avery-l7163": ("Avery L7163", "A4", 2, 7, 99.1, 38.1, 4.65, 15.15, 101.6, 38.1),
    "avery-l4737": ("Avery Zweckform L4737", "A4", 3, 9, 63.5, 29.6, 7.21, 15.3, 66.04, 29.6),
    "avery-l4784": ("Avery Zweckform L4784", "A4", 3, 9, 63.5, 29.6, 7.21, 15.3, 66.04, 29.6),
    "avery-l4785": ("Avery Zweckform L4785", "A4", 2, 5, 80.0, 50.0, 17.5, 13.5, 95.0, 55.0),
    "avery-5160": ("Avery 5160", "Letter", 3, 10, 2.625 * IN, IN, 0.1875 * IN, 0.5 * IN, 2.75 * IN, IN),
    "avery-5163": ("Avery 5163", "Letter", 2, 5, 4 * IN, 2 * IN, 0.15625 * IN, 0.5 * IN, 4.1875 * IN, 2 * IN),
    "avery-5260": ("Avery 5260", "Letter", 3, 10, 2.625 * IN, IN, 0.1875 * IN, 0.5 * IN, 2.75 * IN, IN),
    "avery-74459": ("Avery 74459", "Letter", 2, 3, 4 * IN, 3 * IN, 0.25 * IN, IN, 4 * IN, 3 * IN),
    "herma-4412": ("Herma 4412", "A4", 2, 5, 80.0, 50.0, 17.5, 13.5, 95.0, 55.0),
    "herma-4515": ("Herma 4515", "A4", 2, 8, 88.9, 33.87, 12.29, 13.02, 96.52, 33.87),
    "herma-4642": ("Herma 4642 (73 × 24 mm)", "A4", 2, 11, 73.0, 24.0, 24.5, 16.5, 88.0, 24.0),
    "herma-9642": ("Herma 9642", "A4", 4, 6, 40.0, 40.0, 16.0, 13.5, 46.0, 46.0),
    "durable-1445": ("Durable 1445", "A4", 2, 5, 90.0, 54.0, 15.0, 12.0, 90.0, 54.0),
    "durable-1453": ("Durable 1453", "A4", 2, 6, 75.0, 40.0, 30.0, 28.5, 75.0, 40.0),
}
