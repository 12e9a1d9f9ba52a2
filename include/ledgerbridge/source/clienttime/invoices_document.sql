-- The source's own document of an invoice, if it made one.
SELECT "FileName" AS file_name, "ContentType" AS content_type, "Content" AS content
FROM "InvoiceArchive"
WHERE "InvoiceID" = %(source_id)s::integer
