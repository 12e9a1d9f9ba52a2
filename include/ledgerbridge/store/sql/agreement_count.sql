INSERT INTO agreement_calls (agreement, hour, calls, cost)
VALUES (%(agreement)s, date_trunc('hour', now()), %(calls)s, %(cost)s)
ON CONFLICT (agreement, hour) DO UPDATE
SET calls = agreement_calls.calls + excluded.calls, cost = agreement_calls.cost + excluded.cost
