"""A screenshot with at most 256 colours, as the browser counts them: a third of its bytes, and nobody sees it."""

import base64
import struct
import zlib
from typing import Any

from playwright.sync_api import Page

#: A colour of some area stays as it is. Of the others, those alike in the first five bits of each part are one; the
#: commonest of them stands for all, and beyond 256 the nearest.
COUNT = """async source => {
    const blob = new Blob([Uint8Array.from(atob(source), each => each.charCodeAt(0))])
    const picture = await createImageBitmap(blob)
    const {width, height} = picture
    const pen = new OffscreenCanvas(width, height).getContext("2d")
    pen.drawImage(picture, 0, 0)
    const words = new Uint32Array(pen.getImageData(0, 0, width, height).data.buffer)
    const parts = word => [word & 255, word >> 8 & 255, word >> 16 & 255]
    const colours = new Map()
    for (const word of words) colours.set(word, (colours.get(word) ?? 0) + 1)
    const bucket = word => colours.get(word) < 500 ? parts(word).reduce((all, part) => all << 5 | part >> 3, 0) : word
    const commonest = new Map()
    for (const [word] of [...colours].sort(([a, n], [b, m]) => m - n || a - b))
        if (!commonest.has(bucket(word))) commonest.set(bucket(word), word)
    const palette = [...commonest.values()].slice(0, 256).map(parts)
    const far = (one, other) => one.reduce((sum, part, place) => sum + (part - other[place]) ** 2, 0)
    const nearest = new Map()
    for (const [key, word] of commonest) {
        const distances = palette.map(each => far(parts(word), each))
        nearest.set(key, distances.indexOf(Math.min(...distances)))
    }
    const text = []
    for (let from = 0; from < words.length; from += 8192) {
        const places = Array.from(words.subarray(from, from + 8192), word => nearest.get(bucket(word)))
        text.push(String.fromCharCode(...places))
    }
    return {width, height, palette, places: btoa(text.join(""))}
}"""


def smaller(page: Page, screenshot: bytes) -> bytes:
    """The same picture with a palette. `page` is any page whose policy lets scripts run."""
    counted: dict[str, Any] = page.evaluate(COUNT, base64.b64encode(screenshot).decode())
    width, height = counted["width"], counted["height"]
    places = base64.b64decode(counted["places"])
    lines = b"".join(b"\0" + places[row * width : (row + 1) * width] for row in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + _chunk(b"PLTE", bytes(part for colour in counted["palette"] for part in colour))
        + _chunk(b"IDAT", zlib.compress(lines, 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
