"""``make demo``: everything on this machine, with example data, watched from the first sync to two live changes.

:mod:`.options` reads what was asked for, :mod:`.house` starts the servers, :mod:`.agreement` prepares the agreement,
:mod:`.first_sync` and :mod:`.live` watch, :mod:`.summary` adds up and prints.
"""
