UPDATE archive SET pdf = %(pdf)s, pdf_sha256 = %(sha256)s WHERE record_id = %(record_id)s AND pdf IS NULL
