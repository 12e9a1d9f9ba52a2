-- What was asked for on a page and is not carried out yet, and what was answered lately; refusals stay longer.
SELECT intent_id, integration, kind, wanted, page, asked_by, asked_at, ended_at, went_well, outcome FROM intent
WHERE integration = %(integration)s AND page = %(page)s
  AND (ended_at IS NULL OR ended_at > now() - interval '10 minutes'
       OR (NOT went_well AND ended_at > now() - interval '2 hours'))
ORDER BY intent_id DESC LIMIT %(limit)s
