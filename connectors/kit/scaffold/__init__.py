"""A new connector that works: a made-up vendor's connector, sandbox, declaration and tests, to be changed into yours.

The files are real ones beside this module, with `$`-words for the names.
"""

import keyword
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from connectors.kit.facts import KEY

LONGEST = 40
TEMPLATES = files("connectors.kit.scaffold") / "files"
#: Of the connector's folder. A template's name is the file's, but for that of the tests.
IN_FOLDER = {
    "__init__.py": "__init__.py",
    "connector.py": "connector.py",
    "sandbox.py": "sandbox.py",
    "conformance.py": "conformance.py",
    "README.md": "README.md",
    "logo.svg": "logo.svg",
    "tests/test_connector.py": "test_connector.py",
}


class NotMade(Exception):
    """Nothing was written; says why and what to do."""


@dataclass(frozen=True)
class Names:
    """`key`: "acme_books". `folder`: what is imported, of a package of its own "acme_books_connector"."""

    key: str
    is_package: bool

    @property
    def words(self) -> list[str]:
        return [word.capitalize() for word in self.key.split("_") if word]

    @property
    def folder(self) -> str:
        return f"{self.key}_connector" if self.is_package else self.key

    @property
    def placeholders(self) -> dict[str, str]:
        return {
            "key": self.key,
            "Class": "".join(self.words),
            "name": " ".join(self.words),
            "initial": self.key[0].upper(),
            "host": self.key.replace("_", "-"),
            "folder": self.folder,
            "package": self.folder if self.is_package else f"connectors.{self.key}",
            "distribution": self.folder.replace("_", "-"),
        }


def make(key: str, into: Path, *, is_package: bool) -> Path:
    """The new folder, in `into`. Raises NotMade."""
    _refuse_bad(key)
    names = Names(key, is_package)
    made = into / (names.placeholders["distribution"] if is_package else key)
    if made.exists():
        raise NotMade(f"{made} exists already. Remove it, or choose another name.")
    if not into.is_dir():
        raise NotMade(f"There is no folder {into}. Make it first.")
    folder = made / names.folder if is_package else made
    for name, template in IN_FOLDER.items():
        _write(folder / name, template, names)
    (folder / "tests" / "__init__.py").touch()
    if is_package:
        _write(made / "pyproject.toml", "pyproject.toml", names)
        (folder / "py.typed").touch()
    return made


def _refuse_bad(key: str) -> None:
    if not KEY.fullmatch(key) or len(key) > LONGEST:
        raise NotMade(
            f"{key!r} cannot be a connector's name. Take small letters, digits and underscores, a letter first,"
            f" {LONGEST} at most: acme_books."
        )
    if keyword.iskeyword(key) or key in sys.stdlib_module_names or key in {"kit", "registry"}:
        raise NotMade(f"{key!r} means something else to Python or to Causeway. Choose another name.")


def _write(path: Path, template: str, names: Names) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (TEMPLATES / f"{template}.template").read_text(encoding="utf-8")
    path.write_text(Template(text).substitute(names.placeholders), encoding="utf-8")
