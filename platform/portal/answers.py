"""Answers that are no page."""

from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    status_code = 303
