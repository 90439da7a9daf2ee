"""What a user is told in one line."""


class Refusal(Exception):
    """A model or a request that this worker does not take; its text ends a sentence that names what was asked."""
