"""How accounts are opened at a stand-in, and how an integration gets into them: a module for each target.

The stand-ins themselves know nothing of Ledgerbridge; these modules know both.
"""
