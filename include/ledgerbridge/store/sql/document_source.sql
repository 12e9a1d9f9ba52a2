SELECT source_document AS content FROM archive WHERE record_id = %(record_id)s AND integration = %(integration)s
