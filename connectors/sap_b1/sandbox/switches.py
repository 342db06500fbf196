"""Where installations of Business One differ, or a test wants a kind of trouble."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Switches:
    """Set them by `sandbox.switch(...)` or `/_sandbox/switches`."""

    #: Errors as Service Layers before 10.00.210 put them: a number, and the message as an object.
    old_errors: bool = False
    #: So many log-ins are answered with 305 "Switch company error: -1102", as a busy server does.
    busy_logins: int = 0
    #: Entity sets that the user has no authorisation for.
    forbidden: tuple[str, ...] = ()
    #: Entity sets whose new documents an approval procedure turns into drafts.
    approval: tuple[str, ...] = ()
    #: A new user field is not there before the Service Layer is restarted (seen in 1.22; newer ones may differ).
    fields_need_restart: bool = False
    #: The company blocks a vendor reference number that the vendor has used before.
    unique_vendor_numbers: bool = False
    #: The folder of attachments cannot be written to.
    no_attachment_folder: bool = False
    #: No node of the Service Layer is up: /ping answers 503.
    down: bool = False
    session_minutes: int = 30
    #: After so many wrong passwords in a row the user is locked. ASSUMED.
    wrong_passwords: int = 5
