INSERT INTO shared_source (integration, source) VALUES (%(integration)s, %(source)s)
ON CONFLICT (integration) DO UPDATE SET source = excluded.source WHERE shared_source.source <> excluded.source
