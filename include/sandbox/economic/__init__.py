"""A strict, persistent stand-in server for e-conomic's legacy REST API.

Start it with ``python -m sandbox.economic --data DIR``. The README in this folder documents the control
address, the knobs and every choice made where the contract is silent.
"""
