"""SVG elements."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from azext_vnet2vnet.diagram.layout.boxes import Box, Point
from azext_vnet2vnet.diagram.layout.text import shortened
from azext_vnet2vnet.network.plain_text import plain

FONT = "'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_NO_XML = re.compile('[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')  # XML 1.0 cannot represent these.


class Ink:
    """An element to which others are added; numbers are rounded, and underscores in attribute names become hyphens."""

    def __init__(self, element: Element):
        self._element = element

    @classmethod
    def sheet(cls, width: float, height: float, title: str, description: str) -> 'Ink':
        """An empty document of that size, with title and description for screen readers."""
        attributes = {
            'xmlns': 'http://www.w3.org/2000/svg',
            'viewBox': f'0 0 {number(width)} {number(height)}',
            'width': number(width),
            'height': number(height),
            'role': 'img',
            'font-family': FONT,
        }
        sheet = cls(Element('svg', attributes))
        sheet.add('title').write(title)
        sheet.add('desc').write(description)
        return sheet

    def add(self, tag: str, **attributes: object) -> 'Ink':
        """Add an element to this one; attributes that are None are omitted."""
        texts = {
            name.rstrip('_').replace('_', '-'): number(value) if isinstance(value, (int, float)) else str(value)
            for name, value in attributes.items()
            if value is not None
        }
        return Ink(SubElement(self._element, tag, texts))

    def write(self, text: str) -> None:
        """Set the text of this element."""
        self._element.text = _NO_XML.sub('\ufffd', plain(text))

    def group(self, title: str = '', **attributes: object) -> 'Ink':
        """Add a group; browsers show its title as a tooltip."""
        group = self.add('g', **attributes)
        if title:
            group.add('title').write(title)
        return group

    def box(self, box: Box, radius: float, **attributes: object) -> None:
        """Add a box with round corners."""
        self.add('rect', x=box.x, y=box.y, width=box.width, height=box.height, rx=radius, **attributes)

    def line(self, path: str, colour: str, width: float, **attributes: object) -> None:
        """Add a line along a path."""
        self.add('path', d=path, fill='none', stroke=colour, stroke_width=width, **attributes)

    def circle(self, centre: Point, radius: float, **attributes: object) -> None:
        """Add a circle."""
        self.add('circle', cx=centre.x, cy=centre.y, r=radius, **attributes)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str,
        *,
        bold: bool = False,
        room: float | None = None,
        **attributes: object,
    ) -> None:
        """Add a line of text unless it is empty; if shortened to `room`, it is in a group titled with the whole."""
        if not text:
            return
        short = text if room is None else shortened(text, room, size, bold)
        parent = self if short == text else self.group(text)
        parent.add(
            'text', x=x, y=y, font_size=size, fill=colour, font_weight=600 if bold else None, **attributes
        ).write(short)

    def document(self) -> str:
        """The document as text."""
        indent(self._element)
        return tostring(self._element, encoding='unicode') + '\n'


def number(value: float) -> str:
    """A number with at most one decimal place."""
    return f'{round(value, 1) + 0.0:.1f}'.removesuffix('.0')
