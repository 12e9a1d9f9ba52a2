DELETE FROM line_product WHERE record_id = %(record_id)s AND line_number = %(line_number)s
