"""A ClientTime database with the data of a fictitious accountancy firm, for demos and tests.

:func:`.demo.generate` makes the rows, :func:`.database.build` puts them into a new database together with triggers and
grants, :func:`.agreement.target_customers` is what the accounting agreement beside it already has, :mod:`.live` changes
single records as people at work would, :mod:`.volume` makes many.
"""
