"""The life of a transfer: staged, prepared, sent, doubted, settled. Nothing twice, nothing lost (X-2).

:mod:`.extracting` stages what changed; :mod:`.preparing` validates it and makes payloads; :mod:`.loading` sends a
chunk; :mod:`.settling` closes the run. One record's way through the target is :mod:`.customers` and :mod:`.invoices`;
every write goes through :mod:`.writing`, every unknown outcome through :mod:`.doubt`.
"""
