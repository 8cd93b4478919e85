"""Writes packages/data/src/testing/fixtures/pictures.json: small pictures of every kind as files, and what Pillow makes
of them: upright, alpha over black, as RGB and as L, and the images of a 6x8 and an 11x5 network.

    python tools/pytorch/picture_fixtures.py > packages/data/src/testing/fixtures/pictures.json
"""

import base64
import io
import json
import math
import struct
import zlib

import numpy as np
import PIL
from PIL import Image, ImageCms, ImageOps

HEIGHT, WIDTH = 9, 13
TARGETS = [(6, 8), (11, 5), (9, 13)]
random = np.random.default_rng(18)


def noise(*shape):
    return random.integers(0, 256, shape, dtype=np.uint8)


def smooth(channels, height=24, width=40):
    """Gradients and a blob, as photographs have them, which lossy formats keep."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [
        128 + 100 * np.sin(x / (5 + c) + c) * np.cos(y / (7 + 2 * c)) for c in range(channels)
    ]
    return np.clip(np.stack(planes, 2), 0, 255).astype(np.uint8)


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png16(samples, color_type):
    """A PNG of 16 bits, which Pillow does not write in colour."""
    height, width = samples.shape[:2]
    rows = samples.reshape(height, -1).astype(">u2")
    body = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 16, color_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


def with_chunk(png, kind, body):
    """Puts a chunk behind the header."""
    return png[:33] + chunk(kind, body) + png[33:]


def orientation(value):
    exif = Image.Exif()
    exif[0x0112] = value
    return exif


def other_profile():
    """A profile in which red, green and blue trade places, so that a conversion would be seen."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    data = bytes(data).replace(b"rXYZ", b"?XYZ").replace(b"bXYZ", b"rXYZ").replace(b"?XYZ", b"bXYZ")
    return data


def pictures():
    rgb = noise(HEIGHT, WIDTH, 3)
    image = Image.fromarray(rgb)
    grey = Image.fromarray(noise(HEIGHT, WIDTH))
    rgba = Image.fromarray(noise(HEIGHT, WIDTH, 4))
    frames = [Image.fromarray(noise(HEIGHT, WIDTH, 3)) for _ in range(2)]
    photo = Image.fromarray(smooth(3))
    yield "rgb.png", "exact", encoded(image, "PNG")
    yield "tall.png", "exact", encoded(Image.fromarray(noise(31, 2, 3)), "PNG")
    yield "one-pixel.png", "exact", encoded(Image.fromarray(noise(1, 1, 3)), "PNG")
    yield "grey.png", "exact", encoded(grey, "PNG")
    yield "grey-alpha.png", "exact", encoded(Image.merge("LA", [grey, grey.transpose(Image.Transpose.ROTATE_180)]), "PNG")
    yield "rgba.png", "exact", encoded(rgba, "PNG")
    yield "palette.png", "exact", encoded(image.quantize(50), "PNG")
    yield "palette-4-bits.png", "exact", encoded(image.quantize(13), "PNG", bits=4)
    yield "palette-transparent.png", "exact", encoded(image.quantize(50), "PNG", transparency=3)
    yield "one-bit.png", "exact", encoded(grey.convert("1"), "PNG")
    yield "rgb-16-bits.png", "exact", png16(random.integers(0, 65536, (HEIGHT, WIDTH, 3)), 2)
    yield "rgba-16-bits.png", "exact", png16(random.integers(0, 65536, (HEIGHT, WIDTH, 4)), 6)
    yield "grey-16-bits.png", "exact", png16(random.integers(0, 65536, (HEIGHT, WIDTH, 1)), 0)
    yield "gamma.png", "exact", with_chunk(encoded(image, "PNG"), b"gAMA", struct.pack(">I", 100_000))
    yield "profile.png", "exact", encoded(image, "PNG", icc_profile=other_profile())
    for value in range(1, 9):
        yield f"turned-{value}.jpg", "decoder", encoded(photo, "JPEG", quality=95, exif=orientation(value))
    yield "turned-6.png", "exact", encoded(image, "PNG", exif=orientation(6))
    yield "lossless.webp", "exact", encoded(image, "WEBP", lossless=True)
    yield "alpha.webp", "exact", encoded(rgba, "WEBP", lossless=True, exact=True)
    yield "animated.webp", "exact", encoded(image, "WEBP", lossless=True, save_all=True, append_images=frames)
    yield "animated.gif", "exact", encoded(image, "GIF", save_all=True, append_images=frames)
    yield "animated.png", "exact", encoded(image, "PNG", save_all=True, append_images=frames)
    yield "photo.jpg", "decoder", encoded(photo, "JPEG", quality=90)
    yield "photo-444.jpg", "decoder", encoded(photo, "JPEG", quality=90, subsampling=0)
    yield "photo-progressive.jpg", "decoder", encoded(photo, "JPEG", quality=75, progressive=True)
    yield "photo-grey.jpg", "decoder", encoded(photo.convert("L"), "JPEG", quality=90)
    yield "photo-cmyk.jpg", "decoder", encoded(photo.convert("CMYK"), "JPEG", quality=90)
    yield "photo-profile.jpg", "decoder", encoded(photo, "JPEG", quality=90, icc_profile=other_profile())
    yield "photo.webp", "decoder", encoded(photo, "WEBP", quality=90)
    yield "photo.avif", "decoder", encoded(photo, "AVIF", quality=90)


def over_black(image):
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        black = Image.new("RGB", image.size)
        black.paste(image.convert("RGB"), mask=image.getchannel("A"))
        return black
    return image.convert("RGB")


def high_bytes(samples):
    """Pillow clips 16 grey bits to 8 (L); we keep the high byte of every channel, as it does of colours."""
    return Image.fromarray((np.asarray(samples).astype(np.uint16) >> 8).astype(np.uint8))


def crop(image, height, width):
    w, h = image.size
    cw = max(1, min(w, math.floor(h * width / height + 0.5)))
    ch = max(1, min(h, math.floor(w * height / width + 0.5)))
    left, top = (w - cw) // 2, (h - ch) // 2
    return image.crop((left, top, left + cw, top + ch))


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def planes(image):
    array = np.asarray(image)
    return text(array if array.ndim == 2 else array.transpose(2, 0, 1))


def described(name, exactness, file):
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
    if image.mode.startswith("I"):
        image = high_bytes(image)
    rgb = over_black(image)
    grey = rgb.convert("L")
    made = [
        {
            "height": height,
            "width": width,
            "rgb": planes(crop(rgb, height, width).resize((width, height), Image.Resampling.BILINEAR)),
            "grey": planes(crop(grey, height, width).resize((width, height), Image.Resampling.BILINEAR)),
        }
        for height, width in TARGETS
    ]
    width, height = rgb.size
    return {
        "name": name,
        "exactness": exactness,
        "file": base64.b64encode(file).decode(),
        "height": height,
        "width": width,
        "rgb": text(np.asarray(rgb)),
        "images": made,
    }


described_all = [described(*picture) for picture in pictures()]
print(f'{{ "pillow": "{PIL.__version__}",\n"pictures": [')
print(",\n".join(json.dumps(each) for each in described_all))
print("] }")
