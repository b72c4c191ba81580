"""Where does everything stand in the SVG document? Imports the model of the diagram and network.

- compose: a picture to a scene (cards, frames, wires and labels with their positions)
- arrange: chooses between columns and ring, the arrangements of blocks
- boxes: geometry; wires: curves; labels: room for labels; text: widths of text
- parts: what a scene looks like, drawn with ink (SVG elements)
"""
