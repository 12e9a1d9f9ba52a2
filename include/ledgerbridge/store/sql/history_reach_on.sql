-- Everything that was to be seen by the look is sealed now.
UPDATE history_reach SET whole_to = next_to, next_to = %(newest)s, next_after = %(after_all)s::xid8
WHERE next_after <= %(oldest_open)s::xid8
