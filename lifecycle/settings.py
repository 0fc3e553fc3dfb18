"""The whole deployment on one page. Environment variables only; each is listed in .env.example.

With nothing set, the project runs on embedded servers in its own data folder. Settings only *name*
those servers (a pure function of the checkout's path); `manage.py demo` and pytest start them.
"""

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from dj_database_url import DBConfig
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from lifecycle import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()


def secret(name: str, default: str) -> str:
    """The variable `name`, or the content of the file that `name`_FILE points to. Empty is as good as not set."""
    file = env.str(f"{name}_FILE", "")
    return (Path(file).read_text(encoding="utf-8").strip() if file else env.str(name, "")) or default


def database(url: str) -> DBConfig:
    """Django's words for the address of a PostgreSQL."""
    try:
        found = dj_database_url.parse(url)
    except ValueError:  # its message repeats the address, and the address holds a password
        found = {}
    if found.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL is no address of a PostgreSQL: postgresql://user:password@host/name")
    return found


# --- this process -----------------------------------------------------------------------------
PRODUCTION = env.bool("PRODUCTION", False)
DEBUG = env.bool("DEBUG", False)
DATA_DIR = BASE_DIR / (env.str("DATA_DIR", "") or "var")  # the same folder, wherever a command is typed
SECRET_KEY = secret("SECRET_KEY", "") or ("" if PRODUCTION else embedded.secret_key(DATA_DIR))
if PRODUCTION and (DEBUG or len(SECRET_KEY) < 50):
    raise ImproperlyConfigured(
        "Production needs DEBUG off and SECRET_KEY (or SECRET_KEY_FILE) of at least 50 random characters."
    )
# Tells erased people when they come in again (pathways/suppression.py): set once, and never changed.
ERASURE_KEY = secret("ERASURE_KEY", "") or ("" if PRODUCTION else embedded.secret_key(DATA_DIR, "erasure_key"))
if PRODUCTION and (len(ERASURE_KEY) < 50 or ERASURE_KEY == SECRET_KEY):
    raise ImproperlyConfigured("Production needs ERASURE_KEY (or ERASURE_KEY_FILE), 50 other random characters.")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
# Where links in e-mails lead: nobody asks for a page when a job writes one.
SITE_URL = env.str("SITE_URL", "") or (
    f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION and ALLOWED_HOSTS else "http://localhost:8000"
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

# --- servers ----------------------------------------------------------------------------------
DATABASES = {"default": database(secret("DATABASE_URL", "" if PRODUCTION else embedded.database_url(DATA_DIR)))}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
# Of prepared questions (lifecycle/prepared.py): as many as are asked stay planned in each connection.
DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 0 if env.bool("DATABASE_PREPARED", True) else None
DATABASES["default"]["TEST"] = {"NAME": env.str("TEST_DATABASE", "test_lifecycle")}
if env.int("DATABASE_POOL", 0):
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL")}
REDIS_URL = secret("REDIS_URL", "" if PRODUCTION else embedded.redis_url(DATA_DIR))
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL is no address of a Redis or Valkey: redis://host:6379/0")
CACHES = {
    "default": {
        "BACKEND": "lifecycle.cache.Cache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},  # a page waits for it no longer
    }
}

# --- the four apps, each importing only from those above it --------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "lifecycle.apps.LifecycleConfig",
    "teams.apps.TeamsConfig",
    "pathways.apps.PathwaysConfig",
    "metrics.apps.MetricsConfig",
    "lifecycle.apps.OurAdminConfig",  # after ours: their templates override its own
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "lifecycle.middleware.without_devices",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random: what a page's length tells is not what is in it
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lifecycle.middleware.LoginRequired",
    "lifecycle.middleware.private",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lifecycle.read_only.refused",
    "teams.entrance.SecondFactorFirst",
]
ROOT_URLCONF = "lifecycle.urls"
WSGI_APPLICATION = "lifecycle.wsgi.application"
FORM_RENDERER = "lifecycle.faulty.Renderer"
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
                "lifecycle.read_only.told",
                "teams.views.unread.unread",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "lifecycle.templatetags.dates",
                "lifecycle.templatetags.drawing",
                "lifecycle.templatetags.words",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"  # 4-byte keys: ten million contributions carry six of them
USE_TZ = True
TIME_ZONE = "UTC"  # every rule works on whole UTC days (1-definitions, 1.3)
# Every text goes through gettext. To look for it where there is no catalogue took an eighth of a page: a second
# language turns this on, and brings LocaleMiddleware with its catalogue.
USE_I18N = False
LANGUAGE_CODE = "en"
# As every page writes days, where nothing else is asked for: in the admin above all.
DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y H:i"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# --- files ------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "lifecycle.bundles.BundleFinder",
]
MEDIA_ROOT = DATA_DIR / "uploads"  # private: no URL serves it
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = ["lifecycle.uploads.BoundedUploadHandler"]
UPLOAD_LIMIT = env.int("UPLOAD_LIMIT", 512 * 1024 * 1024)  # bytes of one uploaded file
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# --- accounts ---------------------------------------------------------------------------------
AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = ["teams.entrance.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "teams.accounts.InviteOnlyAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_FORMS = {
    "login": "teams.entrance_forms.LogInForm",
    "reauthenticate": "teams.entrance_forms.ReauthenticateForm",
    "change_password": "teams.entrance_forms.ChangePasswordForm",
    "set_password": "teams.entrance_forms.SetPasswordForm",
    "reset_password": "teams.entrance_forms.ForgottenForm",
    "reset_password_from_key": "teams.entrance_forms.NewPasswordForm",
}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by admins; nobody signs up
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail to the owner for each change of how one logs in (teams/accounts.py)
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login_failed": env.str("LOGIN_RATE", "10/5m/ip,5/5m/key")}
MFA_ADAPTER = "teams.accounts.SealingAdapter"
MFA_FORMS = {
    "authenticate": "teams.entrance_forms.CodeForm",
    "reauthenticate": "teams.entrance_forms.CodeAgainForm",
    "activate_totp": "teams.entrance_forms.FirstCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Lifecycle"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute wrong
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody has an address that was not confirmed (teams/profiles.py)
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)
PASSWORD_RESET_TIMEOUT = 24 * 3600  # seconds that the link in a mail is good
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", "console:")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_HOST") or "localhost", EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = bool(EMAIL_CONFIG.get("EMAIL_USE_TLS"))
EMAIL_USE_SSL = bool(EMAIL_CONFIG.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = 20  # seconds: a mail server that stands still must not hold a worker
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", "lifecycle@localhost")

# --- the browser ------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SESSION_ENGINE = "lifecycle.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = ("__Host-session", "__Host-csrf") if PRODUCTION else ("session", "csrf")
SECURE_SSL_REDIRECT = PRODUCTION and env.bool("SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]  # asked by the container's own health check, in the clear
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- jobs: state lives in PostgreSQL, the broker only rings (lifecycle/jobs.py) -------------------
CELERY_BROKER_URL = embedded.celery_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 2,  # kombu's default sweep took 104 s to notice a killed worker
    "unacked_restore_throttle": 1,
    "global_keyprefix": "lifecycle:",
}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "lifecycle.periodic", "schedule": 60.0},  # asks for the jobs whose period has come
}

# --- logs -------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"masking": {"()": "lifecycle.logs.Masking"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["masking"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
