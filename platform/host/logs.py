"""What is taken out of every log line: the tokens that stand in our own addresses."""

import logging

from connections.addresses import without_tokens


class WithoutTokens(logging.Filter):
    """Django logs the path of every refused or failed request, and the path of a link that lets in is its secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        hidden = without_tokens(said)
        if hidden != said:
            record.msg, record.args = hidden, ()
        return True
