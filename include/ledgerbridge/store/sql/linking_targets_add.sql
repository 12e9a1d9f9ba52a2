INSERT INTO linking_target (integration, target_id, name, cvr_number, phone, email, zip, city) VALUES %s
