-- The accounts' customers that have no link and resemble nobody of ours: those that somebody may have to make.
SELECT t.target_id, t.name, t.cvr_number, t.phone, t.email, t.zip, t.city FROM linking_target t
WHERE t.integration = %(integration)s
  AND NOT EXISTS (SELECT FROM link l WHERE l.integration = t.integration AND l.module = 'customers'
                  AND l.target_kind = 'customer' AND l.target_id = t.target_id)
  AND NOT EXISTS (
      SELECT FROM linking_candidate c
      WHERE c.integration = t.integration AND c.target_id = t.target_id
        AND NOT EXISTS (SELECT FROM link l WHERE l.record_id = c.record_id)
        AND NOT EXISTS (SELECT FROM linking_refusal f WHERE f.record_id = c.record_id AND f.target_id = c.target_id))
ORDER BY t.name, t.target_id
