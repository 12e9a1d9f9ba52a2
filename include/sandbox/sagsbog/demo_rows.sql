-- The workshop's customers and two approved invoices. The accounts (demo/workshop.py) know the first two by other
-- numbers, and somebody whom the case book does not have.
INSERT INTO kunde (nummer, navn, adresse, postnummer, bynavn, telefon, email, cvr) VALUES
    ('1', 'Skovby Smede ApS', 'Skovbyvej 12', '8464', 'Galten', '86 94 10 20', 'kontor@skovbysmede.example', '20526114'),
    ('2', 'Havnens Bådeværft', NULL, NULL, NULL, '97 82 30 40', NULL, NULL),
    ('3', 'Nyt Tømrerhus I/S', 'Savværksvej 3', '7100', 'Vejle', '75 80 60 70', 'post@nyttomrerhus.example', NULL);

INSERT INTO faktura (nummer, kunde_id, dato, forfald, netto, moms, emne, godkendt)
SELECT 'V' || 100 + k.kunde_id, k.kunde_id, current_date, current_date + 14, 2400.00, 600.00, 'Reparation af drejebænk', now()
FROM kunde k WHERE k.nummer IN ('1', '3');

INSERT INTO fakturalinje (faktura_id, nr, tekst, antal, enhed, pris, netto)
SELECT faktura_id, line.* FROM faktura, (VALUES
    (1, 'Arbejdsløn', 3.5, 'timer', 600.00, 2100.00),
    (2, 'Kørsel', 60, 'km', 5.00, 300.00)
) AS line (nr, tekst, antal, enhed, pris, netto);
