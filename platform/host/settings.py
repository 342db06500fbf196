"""Every setting of the deployment. `.env.example` says what each is for; `environment` refuses nonsense."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog

from database import patience
from host import environment as env
from host.unfold import unfold

BASE_DIR = Path(__file__).resolve().parents[2]
environ.Env.read_env(os.environ.get("CAUSEWAY_ENV_FILE", BASE_DIR / ".env"), overwrite=False)

# What a deployment must say
SECRET_KEY = env.secret_key("SECRET_KEY")
VAULT_KEYS = env.key_ring("VAULT_KEYS")
BASE_URL = env.address("BASE_URL", "http://localhost:8000")
REDIS_URL = env.redis("REDIS_URL")
DATABASE = env.database("DATABASE_URL")
MIGRATION_DATABASE_URL = env.text("MIGRATION_DATABASE_URL", "")
LOGIN_ROLE = str(DATABASE.get("USER") or "")

DEBUG = env.flag("DEBUG", False)
ALLOW_SANDBOX = env.flag("ALLOW_SANDBOX", False)
STAFF_TOTP = env.flag("STAFF_TOTP", not ALLOW_SANDBOX)
BEHIND_PROXY = env.flag("BEHIND_PROXY", False)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
PARTNER_NAME = env.text("PARTNER_NAME", "Causeway")
PARTNER_COLOUR = env.colour("PARTNER_COLOUR", "#1f6f5c")
PARTNER_LOGO = env.image("PARTNER_LOGO")
WORKER_SLOTS = env.number("WORKER_SLOTS", 8)
WORKER_PROCESSES = env.number("WORKER_PROCESSES", 2)
POLL_SECONDS = env.number("POLL_SECONDS", 180, least=5)
LEASE_SECONDS = env.number("LEASE_SECONDS", 20, least=2)
HOLD_SECONDS = env.number("HOLD_SECONDS", 1800, most=3 * 86_400)
HOLD_UNCERTAIN_SECONDS = env.number("HOLD_UNCERTAIN_SECONDS", 86_400)
RECONCILE_DAYS = env.number("RECONCILE_DAYS", 30)
HOOKS_PER_MINUTE = env.number("HOOKS_PER_MINUTE", 600)
API_CALLS_PER_MINUTE = env.number("API_CALLS_PER_MINUTE", 600)
PORTAL_IDLE_MINUTES = env.number("PORTAL_IDLE_MINUTES", 120)
PORTAL_SESSION_HOURS = env.number("PORTAL_SESSION_HOURS", 24)
MAIL = env.mail("EMAIL_URL", with_mailbox=ALLOW_SANDBOX)
MAILBOX = MAIL.get("backend") == env.MAILBOX
MAIL_FROM = env.text("MAIL_FROM", "") or f"{PARTNER_NAME} <causeway@{urlsplit(BASE_URL).hostname}>"
HOOK_OVERLAP_HOURS = env.number("HOOK_OVERLAP_HOURS", 28)
SECURE = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "host.apps.HostConfig",
    "unfold.apps.BasicAppConfig",  # without a site of its own: host.apps names ours
    "unfold.contrib.filters",
    "database.apps.DatabaseConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "host.apps.CausewayAdminConfig",
    "django_htmx",
    "retention",
    "audit",
    "tenants",
    "incidents",
    "connections",
    "jobs",
    "installations",
    "exports",
    "notices",
    "webhooks",
    "portal",
    "rest_framework",
    "drf_spectacular",
    "api",
    "leaving",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "host.middleware.ContentSecurityPolicy",
    "host.middleware.RefuseNul",
    "host.middleware.TellTheTrailWhereFrom",
    "host.middleware.StaffSeeEveryTenant",
]

ROOT_URLCONF = "host.urls"
WSGI_APPLICATION = "host.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# A slice needs two connections, its own and its heartbeat's.
DATABASE_POOL = env.number("DATABASE_POOL", 20)

# A query runs as the application's role: it owns nothing, and sees one tenant or raises (database.acting).
DATABASES = {
    "default": {
        **DATABASE,
        "CONN_MAX_AGE": 0,  # the pool keeps connections, and gives only living ones
        "OPTIONS": {
            "options": "-c role=causeway_app -c statement_timeout=60s",
            "keepalives_idle": 10,
            "tcp_user_timeout": 20_000,  # milliseconds; a black hole must not hold a worker for hours
            "pool": {
                "min_size": 1,
                "max_size": max(DATABASE_POOL, 2 * WORKER_SLOTS + 4),
                "timeout": 5,
                "reconnect_timeout": 5,  # then it begins anew with short pauses; else they double, up to minutes
                "connection_class": patience.Connection,
            },
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # the vendor's redirect back is a cross-site GET and must carry it
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
X_FRAME_OPTIONS = "DENY"

LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
UNFOLD = unfold(PARTNER_NAME, PARTNER_COLOUR)

# Receipts on their way from a source to a target: never served, readable by nobody else.
RECEIPTS_FOLDER = env.text("RECEIPTS_FOLDER", str(BASE_DIR / "var" / "receipts"))
RECEIPT_DAYS = env.number("RECEIPT_DAYS", 7)

# What is kept for how many days; 0 is for ever. Shown in the admin under Retention.
BODY_DAYS = env.days("BODY_DAYS", 90)
DELIVERY_DAYS = env.days("DELIVERY_DAYS", 400, least=396)  # 13 months: longer than any vendor sends a message again
EXCHANGE_DAYS = env.days("EXCHANGE_DAYS", 90)
TROUBLE_DAYS = env.days("TROUBLE_DAYS", 400)
RUN_DAYS = env.days("RUN_DAYS", 30)
API_WRITE_DAYS = env.days("API_WRITE_DAYS", 7)
MAIL_DAYS = env.days("MAIL_DAYS", 90)
LEAVING_DAYS = env.number("LEAVING_DAYS", 30)  # in which it can be called off

REST_FRAMEWORK = {
    "DEFAULT_PARSER_CLASSES": ["api.parsing.SmallJson"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.parsing.AlwaysJson",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.errors.handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Causeway",
    "DESCRIPTION": "",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["api.schema.with_refusals"],
    "GET_LIB_DOC_EXCLUDES": "api.schema.told_to_developers_only",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is uploaded to us
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "receipts": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": RECEIPTS_FOLDER,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "templates" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# Messages are hints: no results, no retries by the broker, one at a time, JSON only.
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,  # with the check: a worker is never deaf for longer than 15 s after a line went dead
    "health_check_interval": 5,
    "global_keyprefix": "causeway:",
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CONSUMER = "host.consumer:Consumer"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 25
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "jobs.tasks.sweep", "schedule": 5.0, "options": {"expires": 5}}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_tokens": {"()": "host.logs.WithoutTokens"}},
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["without_tokens"]},
    },
    "root": {"handlers": ["stderr"], "level": env.one_of("LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR")},
    "loggers": {"urllib3": {"level": "INFO"}},  # below it writes addresses with their queries, and so signatures
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
