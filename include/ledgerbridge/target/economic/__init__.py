"""e-conomic (Visma), by its legacy REST interface. Facts about it: ``docs/economic.md``."""
