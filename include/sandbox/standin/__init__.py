"""What the stand-ins of this sandbox share: clock, knobs, faults, files, listening, and their control addresses.

Only what is truly the same for every stand-in lives here; what a vendor's API looks like is its own folder's.
"""
