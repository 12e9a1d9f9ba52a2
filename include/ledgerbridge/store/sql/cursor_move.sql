INSERT INTO cursor_position (integration, module, position) VALUES (%(integration)s, %(module)s, %(position)s)
ON CONFLICT (integration, module) DO UPDATE SET position = excluded.position, moved_at = now()
