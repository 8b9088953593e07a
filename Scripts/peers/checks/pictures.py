#!/usr/bin/env python3
"""Fetches an image attribute as PNG and JPEG and looks into them.

pictures.py URL WIDTH HEIGHT STEP: the image's elements are 0, STEP, 2 STEP, …
"""

import base64
import struct
import sys
import urllib.request
import zlib


def get(url, accept):
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept})) as answer:
        return answer.headers["Content-Type"], answer.read()


def png_samples(data, width, height):
    """The samples of an 8 bit gray PNG, with all of its checks."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n", data[:8]
    position, packed, kinds = 8, b"", []
    while position < len(data):
        (length,), kind = struct.unpack(">I", data[position:position + 4]), data[position + 4:position + 8]
        content = data[position + 8:position + 8 + length]
        (check,) = struct.unpack(">I", data[position + 8 + length:position + 12 + length])
        assert zlib.crc32(kind + content) == check, kind
        kinds.append(kind)
        if kind == b"IHDR":
            assert struct.unpack(">IIBBBBB", content) == (width, height, 8, 0, 0, 0, 0), content
        if kind == b"IDAT":
            packed += content
        position += 12 + length
    assert kinds[0] == b"IHDR" and kinds[-1] == b"IEND", kinds
    raw = zlib.decompress(packed)
    rows, above = [], [0] * width
    for y in range(height):
        filter_, line = raw[y * (width + 1)], list(raw[y * (width + 1) + 1:(y + 1) * (width + 1)])
        for x in range(width):
            left, up, corner = (line[x - 1] if x else 0), above[x], (above[x - 1] if x else 0)
            estimate = left + up - corner
            paeth = min((left, up, corner), key=lambda value: abs(estimate - value))
            line[x] = (line[x] + [0, left, up, (left + up) // 2, paeth][filter_]) % 256
        rows += line
        above = line
    return rows


def jpeg_size(data):
    """Height and width from the frame header of a baseline JPEG."""
    assert data[:2] == b"\xff\xd8" and data[-2:] == b"\xff\xd9"
    position = 2
    while True:
        marker, length = data[position + 1], struct.unpack(">H", data[position + 2:position + 4])[0]
        if marker == 0xC0:
            return struct.unpack(">HH", data[position + 5:position + 9])
        position += 2 + length


def main():
    url, width, height, step = sys.argv[1], *map(int, sys.argv[2:5])
    kind, png = get(url, "image/png")
    assert kind == "image/png", kind
    count = width * height
    expected = [int(index * step / ((count - 1) * step) * 255 + 0.5) for index in range(count)]
    assert png_samples(png, width, height) == expected, png_samples(png, width, height)
    kind, text = get(url, "image/jpeg")
    assert kind == "image/jpeg" and text.startswith(b"data:/jpeg;base64,"), (kind, text[:40])
    specified = base64.b64decode(text.split(b",")[1], validate=True)
    kind, raw = get(url + "?raw=true", "image/jpeg")
    assert raw == specified and jpeg_size(raw) == (height, width), (kind, jpeg_size(raw))
    print("PNG and JPEG are well")


main()
