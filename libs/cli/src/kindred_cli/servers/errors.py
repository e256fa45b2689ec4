class ServerError(Exception):
    """A server cannot run here; the message is one line for the person at the terminal."""
