SELECT count(*) AS records FROM transfer t
WHERE t.integration = %(integration)s AND t.module = %(module)s AND t.is_newest
  AND t.state = ANY(%(states)s::transfer_state[])
  AND (%(code)s::text IS NULL OR t.reason ->> 'code' = %(code)s)
  AND (%(name)s::text IS NULL OR t.shown_name ILIKE %(name)s)
  AND (%(number)s::text IS NULL OR t.shown_number ILIKE %(number)s OR t.source_id = %(source_id)s OR EXISTS (
        SELECT FROM link l WHERE l.record_id = t.record_id AND l.target_id = %(source_id)s))
  AND (%(first_day)s::date IS NULL OR t.shown_date >= %(first_day)s)
  AND (%(last_day)s::date IS NULL OR t.shown_date <= %(last_day)s)
  AND (%(least)s::numeric IS NULL OR t.shown_amount >= %(least)s)
  AND (%(most)s::numeric IS NULL OR t.shown_amount <= %(most)s)
