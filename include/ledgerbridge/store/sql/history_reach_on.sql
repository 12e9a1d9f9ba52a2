-- Everything that was to be seen by the look is sealed now. A transaction that is newer than all that the look knew is
-- another cluster's (this is a restored copy): its number means nothing here, and the wait begins anew. Or another look
-- has come and ended in between: then it begins anew as well, with an older look, which only takes longer.
UPDATE history_reach
SET whole_to = CASE WHEN next_after <= %(oldest_open)s::xid8 THEN next_to ELSE whole_to END,
    next_to = %(newest)s, next_after = %(after_all)s::xid8
WHERE next_after <= %(oldest_open)s::xid8 OR next_after > %(after_all)s::xid8
