-- Whether the part is another one than before; nothing is told of the first.
WITH before AS (
    SELECT departments, source FROM source_part WHERE integration = %(integration)s AND module = %(module)s
), noted AS (
    INSERT INTO source_part (integration, module, source, departments)
    VALUES (%(integration)s, %(module)s, %(source)s, %(departments)s)
    ON CONFLICT (integration, module) DO UPDATE SET source = excluded.source, departments = excluded.departments
    WHERE (source_part.source, source_part.departments) IS DISTINCT FROM (excluded.source, excluded.departments)
)
SELECT departments IS DISTINCT FROM %(departments)s::text[] AS is_other FROM before
