"""The first schema: delivery, history, pages, reconciliation, running."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = Path(__file__).parent.parent / "0001"


def upgrade() -> None:
    """Run the version's ``.sql`` files in name order."""
    cursor = op.get_bind().connection.cursor()
    for file in sorted(STATEMENTS.glob("*.sql")):
        cursor.execute(file.read_text(encoding="utf-8"))
    cursor.close()


def downgrade() -> None:
    """Money is at stake: history is never dropped by a command."""
    message = "The first schema has no way back; restore a backup instead."
    raise RuntimeError(message)
