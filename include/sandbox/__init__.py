"""Local stand-ins for the accounting systems: real HTTP servers, persistent and strict."""
