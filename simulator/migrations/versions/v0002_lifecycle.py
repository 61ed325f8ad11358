"""The tables of the whole lifecycle."""

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """To be written when the tables have landed."""
