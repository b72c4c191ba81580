"""How is a network drawn? From pairs to text that shows them; imports checks and network.

- model: what is drawn, without positions
- mermaid: the model as a Mermaid flowchart, which is laid out by its viewer
- svg: the model as an SVG document, laid out by layout/
"""
