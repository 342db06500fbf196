"""The demo's mailbox."""

from django.urls import path

from notices.mailbox import mailbox

urlpatterns = [path("demo/mailbox/", mailbox, name="mailbox")]
