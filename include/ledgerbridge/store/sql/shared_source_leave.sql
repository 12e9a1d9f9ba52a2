DELETE FROM shared_source WHERE integration = %(integration)s
