-- Everything that decides what becomes of a transfer now, in one look: its record's link and that of its customer, too.
SELECT t.*,
       NOT EXISTS (SELECT FROM transfer n WHERE n.record_id = t.record_id AND n.revision > t.revision) AS is_newest,
       (SELECT to_json(x) FROM (SELECT l.*, t.source_id FROM link l WHERE l.record_id = t.record_id) x) AS own_link,
       -- Content that cannot be read is this one transfer's trouble, and is told when it is to be delivered.
       CASE WHEN t.module = 'invoices' AND t.content IS JSON OBJECT AND strpos(t.content, '\u0000') = 0 THEN
           (SELECT to_json(x) FROM (
               SELECT l.*, r.source_id,
                      EXISTS (SELECT FROM transfer c
                              WHERE c.record_id = l.record_id AND c.step IS NOT NULL) AS is_in_doubt
               FROM record r JOIN link l USING (record_id)
               WHERE r.integration = t.integration AND r.module = 'customers'
                 AND r.source_id = t.content::json ->> 'customer_source_id') x)
       END AS customers_link
FROM transfer t WHERE t.transfer_id = %(transfer_id)s
