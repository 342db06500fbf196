"""Mistakes that the sample does not meet: its document is right, and its money back is lost, double or another's."""

from connectors.kit.testing.tests.planting import mistake

_BACK = "[invoice_back]"

OF_A_KIND = (
    mistake(
        "credit_never_found",
        'if one.reference in bill["memo"])',
        'if one.kind is Kind.BILL and one.reference in bill["memo"])',
        f"same_record_twice{_BACK}",
        f"answer_lost{_BACK}",
        f"server_error_with_the_write{_BACK}",
    ),
    mistake(
        "credit_found_by_its_day",
        'if one.reference in bill["memo"])',
        'if one.reference in bill["memo"] or one.kind is Kind.CREDIT and str(one.dated) == bill["date"])',
        f"what_is_not_there_is_not_found{_BACK}",
    ),
    mistake(
        "reference_of_a_credit_cut_off",
        '_memo(record.note, f"[{marker(key, revision)}]"),',
        '_memo(record.note, f"[{marker(key, revision)}]")\n'
        "                if sign > 0\n"
        '                else f"{record.note} [{marker(key, revision)}]"[:MEMO],',
        f"long_text{_BACK}",
    ),
    mistake(
        "5xx_after_a_credit_may_go_again",
        "        if answer.status >= 500:\n",
        "        if answer.status >= 500 and draft.documents[0].kind is Kind.CREDIT:\n"
        "            from connectors.kit.errors import TryLater\n"
        '            raise TryLater("Acme Books has an outage.")\n'
        "        if answer.status >= 500:\n",
        f"server_error_with_the_write{_BACK}",
    ),
    mistake(
        "credit_never_stands",
        "            if bill is not None:\n",
        "            if bill is not None and document.kind is Kind.BILL:\n",
        f"standing_documents{_BACK}",
    ),
    mistake(
        "credit_is_never_void",
        "                found[document.key] = _found(bill)\n",
        "                found[document.key] = _found(bill)\n"
        "                if document.kind is Kind.CREDIT:\n"
        "                    found[document.key] = Found(document_id)\n",
        f"voided_document{_BACK}",
    ),
    mistake(
        "receipt_of_a_credit_left_out",
        '        path = f"/companies/{self.company}/bills/{document_id}/files/',
        "        if document.kind is Kind.CREDIT:\n"
        "            return\n"
        '        path = f"/companies/{self.company}/bills/{document_id}/files/',
        f"receipt_is_on_its_document{_BACK}",
    ),
    mistake("refund_is_a_cost", "signed(record), record.date", "record, record.date", "refund_is_money_back"),
    mistake(
        "receipt_by_its_place_alone",
        "body=attachment.body)",
        'body=globals().setdefault("inbox", {}).setdefault(attachment.place, attachment.body))',
        "receipt_breaks_off",
    ),
    # What the vendor says in its own way
    mistake(
        "whatever_has_words_is_refused",
        "        if answer.status >= 500:\n",
        '        if answer.status in {403, 429} and b"message" in answer.body:\n'
        "            return tuple(REFUSALS.refused(one, Told(answer.text())) for one in draft.documents)\n"
        "        if answer.status >= 500:\n",
        "forbidden_write",
        "limited_without_a_wait",
    ),
    mistake(
        "token_in_the_vendors_own_words",
        "        if answer.status >= 500:\n",
        "        if b'\"REFUSED\"' in answer.body:\n"
        "            return tuple(REFUSALS.refused(one, Told(answer.body.decode())) for one in draft.documents)\n"
        "        if answer.status >= 500:\n",
        "no_secret_is_repeated",
    ),
)
