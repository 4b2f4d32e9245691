"""python -m assistant: the same as the command `dialogue`."""

from .cli import main

main()
