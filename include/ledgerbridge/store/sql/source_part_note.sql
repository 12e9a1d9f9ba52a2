-- Whether other departments were read of it than those that are named now; nothing is told of the first.
WITH before AS (
    SELECT departments FROM source_part WHERE integration = %(integration)s AND module = %(module)s
), noted AS (
    INSERT INTO source_part (integration, module, source, departments)
    VALUES (%(integration)s, %(module)s, %(source)s, %(departments)s)
    ON CONFLICT (integration, module) DO UPDATE SET source = excluded.source
    WHERE source_part.source <> excluded.source
)
SELECT departments IS DISTINCT FROM %(departments)s::text[] AS is_other FROM before
