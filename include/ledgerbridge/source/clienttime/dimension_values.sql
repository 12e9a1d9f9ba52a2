-- What teams, departments and divisions there are, by code and name: the accounts' dimensions must have the same.
SELECT 'team' AS dimension, "TeamCode" AS key, "Name" AS name FROM "Team" WHERE "TeamCode" IS NOT NULL
UNION ALL
SELECT 'department', "DepartmentCode", "Name" FROM "Department"
UNION ALL
SELECT 'division', "DivisionCode", "Name" FROM "Division"
ORDER BY 1, 2
