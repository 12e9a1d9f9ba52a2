"""A strict, persistent stand-in server for Uniconta's HTTP surfaces.

Start it with ``python -m sandbox.uniconta --data DIR``. The README in this folder documents the control
address, the knobs and every choice made where the contract is silent.
"""
