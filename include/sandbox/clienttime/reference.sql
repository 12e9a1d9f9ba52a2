-- What every ClientTime database of the demo firm has before its first customer.
INSERT INTO "Division" ("DivisionID", "DivisionCode", "Name") VALUES (1, 'V', 'Vest'), (2, 'O', 'Øst');
INSERT INTO "Department" ("DepartmentID", "DepartmentCode", "Name", "DivisionID") VALUES
    (1, '10', 'Revision', 1), (2, '20', 'Rådgivning', 2), (3, '30', 'Løn og bogføring', 2);
INSERT INTO "Team" ("TeamID", "DepartmentID", "TeamCode", "Name") VALUES
    (1, 1, 'NORD', 'Hold Nord'), (2, 1, 'SYD', 'Hold Syd'), (3, 2, 'SKAT', 'Hold Skat'), (4, 3, 'LON', 'Hold Løn');
INSERT INTO "Employee" ("EmployeeID", "Initials", "FirstName", "LastName", "Email", "TeamID", "HourlyRate") VALUES
    (1, 'AGH', 'Agnete', 'Hasselbo', 'agh@fjordrevision.example', 1, 1395),
    (2, 'MOL', 'Mads', 'Overbæk', 'mol@fjordrevision.example', 1, 1150),
    (3, 'SIK', 'Signe', 'Kærsholm', 'sik@fjordrevision.example', 1, 950),
    (4, 'TRU', 'Troels', 'Ulvedal', 'tru@fjordrevision.example', 2, 1275),
    (5, 'KIB', 'Kirsten', 'Birkelund', 'kib@fjordrevision.example', 2, 895),
    (6, 'NIE', 'Niels', 'Egelykke', 'nie@fjordrevision.example', 2, 795),
    (7, 'IDÆ', 'Ida', 'Æbelholt', 'ida@fjordrevision.example', 3, 1487.50),
    (8, 'ESV', 'Esben', 'Vadsted', 'esv@fjordrevision.example', 3, 1050),
    (9, 'ÅSØ', 'Åse', 'Østerkilde', 'aso@fjordrevision.example', 3, 950),
    (10, 'PAL', 'Palle', 'Lyngholt', 'pal@fjordrevision.example', 4, 675),
    (11, 'RIG', 'Rikke', 'Gammelby', 'rig@fjordrevision.example', 4, 675),
    (12, 'VAT', 'Vagn', 'Toftebjerg', 'vat@fjordrevision.example', 4, 795);
INSERT INTO "PaymentTerm" ("PaymentTermID", "Name", "Days") VALUES
    (1, 'Netto 8 dage', 8), (2, 'Netto 14 dage', 14), (3, 'Netto 30 dage', 30);
INSERT INTO "WorkType" ("WorkTypeID", "Code", "Name", "VatCode") VALUES
    (1, 'REV', 'Revision', 'M'), (2, 'REG', 'Regnskab og bogføring', 'M'), (3, 'SKAT', 'Skat', 'M'),
    (4, 'LØN', 'Løn', 'M'), (5, 'RÅD', 'Rådgivning', 'M'), (6, 'KUR', 'Kurser', 'F'), (7, 'UDL', 'Udlæg', 'F');
