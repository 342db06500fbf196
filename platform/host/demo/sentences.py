"""What the demo cannot do, in a sentence for the person at the terminal."""


class DemoFailed(Exception):
    """Ends the demo; its text says what happened and what to do."""
