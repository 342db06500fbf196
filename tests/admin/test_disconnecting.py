"""Staff disconnect a connection from its page: asked first, written down, and only by whoever may act."""

from typing import Any

from connections.models import ConnectionState
from tests.admin.conftest import Books, colleague_with, page_of, trail
from tests.admin.test_actions import actor
from tests.cast import Visitor
from tests.vendors import fresh


def disconnect(visitor: Visitor, books: Books) -> Any:
    return visitor.post(page_of(books.connection, "disconnect"), {"_form_submitted": "on"})


def test_it_is_done_written_down_and_told_on_the_page(staff: Visitor, books: Books) -> None:
    disconnect(staff, books)

    assert fresh(books.connection).state == ConnectionState.DISCONNECTED
    assert ("connection.disconnected", actor(staff)) in trail(books.connection)
    assert "It was disconnected by a person." in staff.get(page_of(books.connection)).content.decode()


def test_looking_at_the_question_disconnects_nothing(staff: Visitor, books: Books) -> None:
    staff.get(page_of(books.connection, "disconnect"))

    assert fresh(books.connection).is_usable


def test_who_may_only_look_disconnects_nothing(staff: Visitor, books: Books) -> None:
    assert disconnect(colleague_with("connections.view_connection"), books).status_code == 403

    assert fresh(books.connection).is_usable
