-- In use first, the defaults among them. What is in use and was not there at the last look is listed as well: somebody must see that.
WITH listed AS (
    SELECT number, coalesce(name, '') AS name, coalesce(group_name, '') AS group_name, vat_rate,
           coalesce(is_barred, false) AS is_barred, made_by IS NOT NULL OR number = ANY(%(defaults)s) AS is_in_use, made_by,
           made_at,
           name IS NOT NULL AS is_there
    FROM (SELECT * FROM product WHERE integration = %(integration)s) AS there
    FULL JOIN (SELECT * FROM product_in_use WHERE integration = %(integration)s) AS used USING (number)
),
found AS (
    SELECT * FROM listed
    WHERE (%(name)s::text IS NULL OR name ILIKE %(name)s OR number ILIKE %(name)s)
      AND (NOT %(only_in_use)s OR is_in_use)
),
counted AS (SELECT count(*)::integer AS found FROM found),
shown AS (
    SELECT * FROM found ORDER BY is_in_use DESC, length(number), number LIMIT %(limit)s
    -- Beyond the last page comes the last one.
    OFFSET least(%(offset)s, (SELECT greatest(0, found - 1) / %(limit)s * %(limit)s FROM counted))
)
SELECT (SELECT count(*) FROM listed)::integer AS every,
       (SELECT count(*) FROM listed WHERE is_in_use)::integer AS in_use,
       (SELECT found FROM counted) AS found,
       shown.*
FROM (SELECT 1) AS one_row LEFT JOIN shown ON true
ORDER BY is_in_use DESC, length(number), number
