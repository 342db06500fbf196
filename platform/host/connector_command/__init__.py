"""`manage.py connector`, a module a subcommand, each with `add_arguments(parser)` and `handle(options, stdout)`.

`handle` gives the exit status: 0 where all is well. A module that is added here is a subcommand of its name.
"""
