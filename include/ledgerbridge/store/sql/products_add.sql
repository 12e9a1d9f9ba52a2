INSERT INTO product (integration, number, name, group_name, vat_rate, is_barred) VALUES %s
