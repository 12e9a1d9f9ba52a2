-- How long ago the write in doubt was sent, by the clock that wrote it down.
SELECT floor(extract(epoch FROM clock_timestamp() - first_sent_at))::integer AS since_first_sent,
       floor(extract(epoch FROM clock_timestamp() - last_sent_at))::integer AS since_last_sent
FROM transfer WHERE transfer_id = %(transfer_id)s
