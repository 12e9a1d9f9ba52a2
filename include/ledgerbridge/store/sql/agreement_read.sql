SELECT * FROM agreement WHERE agreement = %(agreement)s
