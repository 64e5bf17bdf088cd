"""The demo's pictures: small scenes, drawn, with a caption as on a note's cover."""

import io
import math
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONT = Path(__file__).parent.parent.parent / "static" / "vendor" / "fonts" / "NotoSansSC-Regular.ttf"
SIZE = (1080, 1440)  # 3:4, the form that note apps prefer
Color = tuple[int, int, int]
SKIES: dict[str, tuple[Color, Color]] = {
    "tea": ((246, 226, 197), (203, 148, 99)),
    "lake": ((214, 232, 236), (120, 168, 178)),
    "desk": ((240, 236, 228), (196, 186, 172)),
    "noodles": ((255, 224, 178), (226, 132, 74)),
    "rain": ((38, 46, 74), (14, 18, 34)),
    "hills": ((255, 214, 182), (120, 140, 190)),
    "autumn": ((255, 236, 190), (222, 150, 60)),
    "books": ((236, 226, 214), (170, 138, 110)),
}


def picture(scene: str, caption: str, number: int) -> bytes:
    """A JPEG of 1080 × 1440 pixels; the same arguments give the same picture."""
    chance = random.Random(f"{scene} {number}")  # noqa: S311 -- draws, guards nothing
    image = _gradient(*SKIES[scene])
    draw = ImageDraw.Draw(image, "RGBA")
    SCENES.get(scene, _hills)(draw, chance, number)
    image = _grain(image, chance)
    _caption(image, caption, dark=scene != "rain")
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


def _gradient(top: Color, bottom: Color) -> Image.Image:
    column = Image.new("RGB", (1, SIZE[1]))
    for y in range(SIZE[1]):
        part = y / SIZE[1]
        column.putpixel((0, y), tuple(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True)))
    return column.resize(SIZE)


def _hills(draw: ImageDraw.ImageDraw, chance: random.Random, number: int) -> None:
    x = 250 + 160 * number
    draw.ellipse((x, 330, x + 190, 520), fill=(255, 244, 214, 235))
    for layer in range(5):
        shade = (70 + 26 * (4 - layer), 92 + 20 * (4 - layer), 120 + 18 * (4 - layer), 235)
        _ridge(draw, chance, 620 + layer * 150, 130 - layer * 14, shade)


def _ridge(draw: ImageDraw.ImageDraw, chance: random.Random, base: int, height: int, color: tuple[int, ...]) -> None:
    shifts = [chance.uniform(0, math.tau) for _ in range(3)]
    points = [
        (
            x,
            base
            + height
            * sum(math.sin(x / SIZE[0] * math.tau * (n + 0.7) + shift) / (n + 1) for n, shift in enumerate(shifts)),
        )
        for x in range(0, SIZE[0] + 20, 12)
    ]
    draw.polygon([(0, SIZE[1]), *points, (SIZE[0], SIZE[1])], fill=color)


def _lake(draw: ImageDraw.ImageDraw, chance: random.Random, number: int) -> None:
    for layer in range(3):
        _ridge(
            draw, chance, 560 + layer * 60, 70 - layer * 14, (92 + 30 * (2 - layer), 130 + 20 * (2 - layer), 138, 230)
        )
    draw.rectangle((0, 760, *SIZE), fill=(150, 192, 198, 255))
    for _ in range(160):
        y = chance.randint(775, 1430)
        x, width = chance.randint(-50, 1080), chance.randint(30, 60 + (y - 760) // 4)
        draw.line((x, y, x + width, y), fill=(255, 255, 255, chance.randint(25, 90)), width=3)
    for arch in range(2 + number):
        left = 120 + arch * 250
        draw.arc((left, 690, left + 230, 860), 180, 360, fill=(88, 92, 96, 255), width=26)


def _tea(draw: ImageDraw.ImageDraw, chance: random.Random, number: int) -> None:
    draw.rectangle((0, 1010, *SIZE), fill=(142, 98, 66, 255))
    for row in range(8):
        y = 1020 + row * 56
        draw.line((0, y, 1080, y + chance.randint(-8, 8)), fill=(122, 82, 54, 150), width=4)
    draw.ellipse((270, 1010, 830, 1130), fill=(94, 62, 42, 130))
    draw.rounded_rectangle((310, 760, 770, 1080), 120, fill=(250, 247, 240, 255))
    draw.arc((710, 800, 880, 990), 270, 90, fill=(250, 247, 240, 255), width=38)
    draw.ellipse((310, 705, 770, 835), fill=(250, 247, 240, 255))
    draw.ellipse((345, 722, 735, 818), fill=(168 + 8 * number, 112, 48, 255))
    for steam in range(3):
        x = 440 + steam * 100
        points = [(x + 26 * math.sin(y / 46 + steam + number), y) for y in range(430, 700, 8)]
        draw.line(points, fill=(255, 255, 255, 120), width=16, joint="curve")


def _desk(draw: ImageDraw.ImageDraw, chance: random.Random, number: int) -> None:
    draw.rectangle((0, 960, *SIZE), fill=(174, 138, 102, 255))
    draw.rounded_rectangle((300, 560, 860, 920), 22, fill=(46, 50, 60, 255))
    draw.rectangle((322, 582, 838, 880), fill=(112 + 30 * number, 150, 176, 255))
    draw.polygon([(520, 920), (640, 920), (690, 1000), (470, 1000)], fill=(72, 76, 86, 255))
    draw.polygon([(120, 520), (270, 520), (320, 660), (70, 660)], fill=(200, 86, 60, 255))
    draw.polygon([(70, 660), (320, 660), (430, 960), (0, 960)], fill=(255, 240, 190, 90))
    draw.line((195, 660, 195, 980), fill=(70, 70, 74, 255), width=14)
    for book in range(4):
        width = 210 - book * chance.randint(12, 30)
        color = ((184, 56, 44), (52, 96, 120), (226, 178, 84), (86, 122, 92))[book]
        draw.rectangle((800, 1010 - book * 44, 800 + width, 1050 - book * 44), fill=(*color, 255))


def _noodles(draw: ImageDraw.ImageDraw, chance: random.Random, number: int) -> None:
    draw.ellipse((130, 700, 950, 1260), fill=(60, 44, 38, 90))
    draw.ellipse((140, 640, 940, 1200), fill=(240, 240, 236, 255))
    draw.ellipse((190, 680, 890, 1140), fill=(182, 96, 48, 255))
    for _ in range(150):
        x, y = chance.gauss(540, 170), chance.gauss(905, 90)
        angle = chance.randint(0, 360)
        size = chance.randint(60, 170)
        shade = chance.randint(-18, 18)
        box = (x - size, y - size / 2, x + size, y + size / 2)
        if x - size > 200 and x + size < 880 and y - size / 2 > 690 and y + size / 2 < 1130:
            draw.arc(box, angle, angle + 190, fill=(244 + min(shade, 11), 206 + shade, 132 + shade, 255), width=13)
    for _ in range(40 + 20 * number):
        x, y = chance.gauss(540, 120), chance.gauss(880, 60)
        draw.ellipse((x, y, x + 26, y + 14), fill=(76, 128 + chance.randint(0, 40), 58, 255))


def _rain(draw: ImageDraw.ImageDraw, chance: random.Random, number: int) -> None:
    for _ in range(14):
        x, width, top = chance.randint(-40, 1000), chance.randint(90, 190), chance.randint(330, 620)
        draw.rectangle((x, top, x + width, 900), fill=(26, 32, 54, 255))
        for wx in range(x + 14, x + width - 24, 36):
            for wy in range(top + 20, 880, 52):
                if chance.random() < 0.45:
                    draw.rectangle((wx, wy, wx + 16, wy + 24), fill=(255, 206, 120, chance.randint(90, 220)))
    draw.rectangle((0, 900, *SIZE), fill=(18, 22, 38, 255))
    for _ in range(90):
        x = chance.randint(0, 1080)
        color = chance.choice(((255, 196, 110), (236, 92, 84), (96, 176, 220)))
        draw.rectangle(
            (x, 905, x + chance.randint(6, 22), chance.randint(960, 1400)), fill=(*color, chance.randint(20, 70))
        )
    x = 420 + 120 * number
    draw.ellipse((x - 130, 700, x + 130, 860), fill=(196, 62, 52, 255))
    draw.rectangle((x - 140, 780, x + 140, 880), fill=(18, 22, 38, 0))
    draw.line((x, 740, x, 1000), fill=(18, 20, 30, 255), width=10)
    draw.rounded_rectangle((x - 46, 800, x + 46, 1090), 40, fill=(12, 14, 24, 255))


def _autumn(draw: ImageDraw.ImageDraw, chance: random.Random, number: int) -> None:
    draw.rectangle((500, 700, 590, 1300), fill=(92, 66, 48, 255))
    for _ in range(900):
        angle, distance = chance.uniform(0, math.tau), abs(chance.gauss(0, 190))
        x, y = 545 + distance * math.cos(angle) * 1.35, 640 + distance * math.sin(angle)
        size = chance.randint(14, 40)
        color = chance.choice(((244, 190, 52), (232, 160, 40), (250, 210, 92), (206, 130, 40)))
        draw.ellipse((x, y, x + size, y + size * 0.8), fill=(*color, 235))
    draw.rectangle((0, 1280, *SIZE), fill=(196, 150, 80, 255))
    for _ in range(220 + 60 * number):
        x, y = chance.randint(0, 1060), chance.randint(1270, 1430)
        draw.ellipse((x, y, x + 26, y + 14), fill=(236, 176, 52, 230))


def _books(draw: ImageDraw.ImageDraw, chance: random.Random, number: int) -> None:
    for shelf in range(3):
        bottom = 760 + shelf * 300
        draw.rectangle((60, bottom, 1020, bottom + 30), fill=(112, 84, 62, 255))
        x = 84
        while x < 960:
            width, height = chance.randint(34, 82), chance.randint(150, 232)
            color = chance.choice(
                ((184, 56, 44), (58, 92, 116), (220, 176, 96), (92, 118, 92), (226, 214, 196), (70, 62, 70))
            )
            draw.rectangle((x, bottom - height, x + width, bottom), fill=(*color, 255))
            draw.rectangle(
                (x + 6, bottom - height + 26, x + width - 6, bottom - height + 34), fill=(255, 255, 255, 120)
            )
            x += width + (chance.randint(20, 90) if chance.random() < 0.12 + 0.03 * number else 3)


def _grain(image: Image.Image, chance: random.Random) -> Image.Image:
    noise = Image.effect_noise((SIZE[0] // 2, SIZE[1] // 2), 26).resize(SIZE).convert("RGB")
    soft = image.filter(ImageFilter.GaussianBlur(0.8))
    return Image.blend(soft, noise, 0.045 + chance.uniform(0, 0.01))


def _caption(image: Image.Image, text: str, dark: bool) -> None:
    draw = ImageDraw.Draw(image)
    size = 118
    while size > 40 and draw.textlength(text, font=ImageFont.truetype(str(FONT), size)) > SIZE[0] - 140:
        size -= 4
    color = (38, 34, 32) if dark else (250, 246, 236)
    draw.text((70, 120), text, font=ImageFont.truetype(str(FONT), size), fill=color, stroke_width=2, stroke_fill=color)
    draw.rectangle((74, 290, 234, 302), fill=(184, 56, 44))


SCENES: dict[str, Callable[[ImageDraw.ImageDraw, random.Random, int], None]] = {
    "tea": _tea, "lake": _lake, "desk": _desk, "noodles": _noodles, "rain": _rain, "hills": _hills, "autumn": _autumn,
    "books": _books,
}  # fmt: skip
