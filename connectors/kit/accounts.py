"""A customer's account id at a vendor whose hosts hold it: asked before anything is connected."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

ACCOUNT = "{account}"  # in an address of a connector: the host label of the customer's account
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


@dataclass(frozen=True)
class AccountId:
    """`pattern`: of the whole id, in capitals. `label`: what else becomes what in a host's name, which is in small
    letters. `help`: where the customer finds it.
    """

    title: str
    help: str
    pattern: str
    label: Mapping[str, str] = field(default_factory=dict)

    def read(self, typed: str) -> str:
        """The id as it is kept. Raises ValueError for what is none, or would be no label of a host: nothing else may
        ever come between the dots of an address.
        """
        found = typed.strip().upper()
        if not typed.isascii() or not re.fullmatch(self.pattern, found):
            raise ValueError(self.title)
        self.host_label(found)
        return found

    def host_label(self, kept: str) -> str:
        """Raises ValueError."""
        label = kept.lower()
        for before, after in self.label.items():
            label = label.replace(before, after)
        if not _LABEL.fullmatch(label):
            raise ValueError(self.title)
        return label
