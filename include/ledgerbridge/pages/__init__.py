"""Finance's pages: what stands where and why, the linking of customers, the reconciliations (X-1, X-4, X-6, X-10).

Rendered on the server; what a little script does here works without it, too. A page reads our own database and writes
what people ask for into it (``store.intents``); it calls neither the source nor the target.
"""
