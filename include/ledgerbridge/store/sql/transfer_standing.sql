-- Everything that decides what becomes of a transfer now, in one look.
SELECT t.*,
       NOT EXISTS (SELECT FROM transfer n WHERE n.record_id = t.record_id AND n.revision > t.revision) AS is_newest
FROM transfer t WHERE t.transfer_id = %(transfer_id)s
