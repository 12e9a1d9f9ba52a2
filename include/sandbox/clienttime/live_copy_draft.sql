-- The same work as once before, for a linked customer, as a draft of today.
WITH model AS (
    SELECT i.* FROM "Invoice" AS i JOIN "Customer" AS c USING ("CustomerID")
    JOIN "Department" AS d ON d."DepartmentID" = i."DepartmentID"
    WHERE i."ApprovalStatus" = 1 AND i."InvoiceType" = 1 AND i."InvoiceID" < %(first_awkward)s
      AND c."ForeignDebitorSystemIdentification" IS NOT NULL
      AND (%(departments)s::text[] IS NULL OR d."DepartmentCode" = ANY (%(departments)s::text[]))
    ORDER BY i."InvoiceID" DESC
    LIMIT 1
), draft AS (
    INSERT INTO "Invoice" (
        "CustomerID", "DepartmentID", "TeamID", "EmployeeID", "PaymentTermID", "InvoiceDate", "DueDate", "CustomerCode", "RecipientName",
        "RecipientAddress", "RecipientZipCode", "RecipientCity", "RecipientCountry", "RecipientEAN", "YourReference",
        "RequisitionNumber", "Heading", "CurrencyCode", "VatTreatment", "NetAmount", "VatAmount", "GrossAmount"
    )
    SELECT "CustomerID", "DepartmentID", "TeamID", "EmployeeID", "PaymentTermID", %(today)s::date, %(today)s::date + 14, "CustomerCode",
           "RecipientName", "RecipientAddress", "RecipientZipCode", "RecipientCity", "RecipientCountry", "RecipientEAN",
           "YourReference", "RequisitionNumber", "Heading", "CurrencyCode", "VatTreatment", "NetAmount", "VatAmount",
           "GrossAmount"
    FROM model
    RETURNING "InvoiceID"
), lines AS (
    INSERT INTO "InvoiceLine" (
        "InvoiceID", "LineNumber", "LineType", "Text", "Quantity", "Unit", "UnitPrice", "DiscountPercent", "NetAmount", "VatCode",
        "VatRate", "TaskID", "WorkTypeID"
    )
    SELECT draft."InvoiceID", l."LineNumber", l."LineType", l."Text", l."Quantity", l."Unit", l."UnitPrice", l."DiscountPercent",
           l."NetAmount", l."VatCode", l."VatRate", l."TaskID", l."WorkTypeID"
    FROM draft, model JOIN "InvoiceLine" AS l USING ("InvoiceID")
)
SELECT "InvoiceID"::text AS source_id FROM draft
