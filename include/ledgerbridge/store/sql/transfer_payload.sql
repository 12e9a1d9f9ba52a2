-- Only of the transfer as it was read: one that somebody has taken up anew since is to be made anew.
UPDATE transfer SET payload = %(payload)s WHERE transfer_id = %(transfer_id)s AND state = %(expected)s
