"""Installing: the manifest, its icons, and that no page of a student has it."""

import io

from litestar.testing import TestClient
from PIL import Image


def test_manifest_names_icons_that_are_there_and_a_page_to_begin_with(alice: TestClient) -> None:
    page = alice.get("/courses").text
    assert '<link rel="manifest" href="/manifest.webmanifest">' in page
    answer = alice.get("/manifest.webmanifest", headers={"accept-language": "zh"})
    assert answer.headers["content-type"] == "application/manifest+json"
    told = answer.json()
    assert (told["start_url"], told["display"]) == ("/today", "standalone")
    assert {icon.get("purpose") for icon in told["icons"]} >= {"any", "maskable"}
    pictures = [icon for icon in told["icons"] if icon["type"] == "image/png"]
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in pictures}
    for icon in pictures:
        image = Image.open(io.BytesIO(alice.get(icon["src"]).content)).convert("RGB")
        assert f"{image.width}x{image.height}" == icon["sizes"]
        # The mark's colours, and nothing of it where systems cut: the middle of an edge, and the corner of the dots.
        assert image.getpixel((0, image.height // 2)) == (0xB3, 0x36, 0x2B)
        far = round(image.width * 25 / 32)
        assert image.getpixel((far - 2 * image.width // 32, far - 2 * image.width // 32)) == (255, 255, 255)


def test_manifest_is_for_instructors_alone(client: TestClient) -> None:
    assert "manifest" not in client.get("/sign-in").text
    assert "manifest" not in client.get("/go").text
