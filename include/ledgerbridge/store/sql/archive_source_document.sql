UPDATE archive SET source_document = %(document)s, source_document_sha256 = %(sha256)s
WHERE record_id = %(record_id)s AND source_document IS NULL
