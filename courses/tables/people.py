"""Instructors and admins, their sessions, keys and one-use links."""

from piccolo.columns import UUID, BigInt, Boolean, Bytea, ForeignKey, Integer, LazyTableReference, Timestamptz, Varchar
from piccolo.table import Table


class Person(Table):
    """Somebody who signs in."""

    id = UUID(primary_key=True)
    #: lower case
    email = Varchar(length=254, unique=True)
    name = Varchar(length=100)
    #: Argon2id; none until the invitation is taken up
    password_hash = Varchar(length=200, null=True, default=None, secret=True)
    admin = Boolean(default=False)
    #: "zh", "en", or none to follow the browser
    language = Varchar(length=8, null=True, default=None)
    created_at = Timestamptz()
    disabled_at = Timestamptz(null=True, default=None)
    #: when the first steps were put away
    steps_hidden_at = Timestamptz(null=True, default=None)


class OneTimeLink(Table):
    """An invitation or a sign-in link: works once, kept as a hash."""

    id = UUID(primary_key=True)
    token_hash = Varchar(length=64, unique=True, secret=True)
    #: "invite", "sign-in", "reset", or "join" of a course
    kind = Varchar(length=16)
    email = Varchar(length=254, index=True)
    admin = Boolean(default=False)
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    #: of an invitation into a course: which, and as what
    course: ForeignKey[Table] = ForeignKey(
        LazyTableReference("Course", module_path="courses.tables.courses"), null=True, default=None
    )
    role = Varchar(length=16, null=True, default=None)


class Session(Table):
    """A signed-in browser; the cookie holds the id whose hash is here."""

    id = UUID(primary_key=True)
    token_hash = Varchar(length=64, unique=True, secret=True)
    person = ForeignKey(Person, index=True)
    #: a short name of the browser, such as "Chrome on Android"; never the whole user agent
    browser = Varchar(length=60, default="")
    created_at = Timestamptz()
    seen_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class ApiKey(Table):
    """A key for the management API, kept as a hash."""

    id = UUID(primary_key=True)
    person = ForeignKey(Person, index=True)
    name = Varchar(length=100)
    key_hash = Varchar(length=64, unique=True, secret=True)
    #: the first characters, to tell keys apart
    hint = Varchar(length=12)
    created_at = Timestamptz()
    #: to within a minute
    used_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    #: "read", "write" or "agent"; none of a key made before keys had one, which may do all that it could
    scope = Varchar(length=16, null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)


class Attempt(Table):
    """Tries at something guessable; `subject` is a keyed hash, so no address is kept."""

    #: the first half of `subject`
    id = UUID(primary_key=True)
    subject = Varchar(length=64, index=True)
    #: when the window began in which `tries` are counted
    at = Timestamptz(index=True)
    tries = Integer(default=1)


class AuthenticatorApp(Table):
    """A person's app that shows codes (TOTP); one each."""

    id = UUID(primary_key=True)
    person = ForeignKey(Person, unique=True)
    #: encrypted: only the keyring opens it
    secret = Varchar(length=200, secret=True)
    created_at = Timestamptz()
    #: none until a first code was right
    confirmed_at = Timestamptz(null=True, default=None)
    #: the 30 seconds of the last code that was taken, counted since 1970: no code is good twice
    last_step = BigInt(default=0)


class RecoveryCode(Table):
    """Stands in once for a second factor that is lost; kept as a hash."""

    id = UUID(primary_key=True)
    person = ForeignKey(Person, index=True)
    code_hash = Varchar(length=64, unique=True, secret=True)
    created_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class Passkey(Table):
    """A key pair of a person's device (WebAuthn); the half that signs never leaves it."""

    id = UUID(primary_key=True)
    person = ForeignKey(Person, index=True)
    name = Varchar(length=60)
    #: what the device calls it, at most 1,023 bytes in base64url
    credential = Varchar(length=1400, unique=True)
    #: COSE, in base64url
    public_key = Varchar(length=1000)
    #: how often the device has signed with it, as it says itself; many always say 0
    sign_count = BigInt(default=0)
    #: how browsers reach it, such as "internal,hybrid"
    transports = Varchar(length=100, default="")
    created_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class PasskeyChallenge(Table):
    """What a passkey is to sign, once; one for each browser."""

    id = UUID(primary_key=True)
    #: of the cookie of the browser that asked
    browser_hash = Varchar(length=64, unique=True, secret=True)
    #: none at a sign-in by the passkey alone
    person = ForeignKey(Person, index=True)
    #: "add" or "use"
    purpose = Varchar(length=8)
    #: base64url
    challenge = Varchar(length=100, secret=True)
    expires_at = Timestamptz(index=True)


class ShownSecret(Table):
    """What is shown to the browser that made it until it is left on purpose: a key, PINs, a link."""

    id = UUID(primary_key=True)
    session = ForeignKey(Session, index=True)
    #: "key", "invitation", "membership", "webhook", "pins" or "codes"
    kind = Varchar(length=16)
    #: the path of the page that it was made on
    back = Varchar(length=200)
    #: JSON under a key that only the browser's cookie gives
    sealed = Bytea(secret=True)
    created_at = Timestamptz(index=True)
