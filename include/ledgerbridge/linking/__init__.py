"""Which customer of the source is which in the target: candidates, and what a person may decide.

Nothing here links: :mod:`.candidates` proposes, :mod:`.decisions` checks what a person asks for.
"""
