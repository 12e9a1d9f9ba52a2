"""The source side: a time-and-billing system's PostgreSQL database, read and (a little) written.

A source is a folder of SQL files and a manifest (:mod:`.manifest`); this room runs them and knows no source
by name. :mod:`.database` opens connections, :mod:`.changes` says what changed, :mod:`.reader` makes canonical
records, :mod:`.writer` writes links and results back, :mod:`.capture` installs triggers and grants.
"""
