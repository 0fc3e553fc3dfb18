"""What joins at once: the keys of an identity, by one rule in Python and in SQL, which a test holds together.

An address that is a person's own joins everywhere. An account joins within its *realm* ("github",
"gitlab:code.example"; without one, the stream that brought it). An identity that tells both joins by both. A name
joins only where there is neither, and only within its stream. GitHub's noreply address is the account told another
way, with its number in front or without: `123+ann@users.noreply.github.com` is the account "ann" of "github".
Plus-tags keep addresses apart, and what tools fill in and strangers share joins nobody: the tables below.
"""

import re
import unicodedata
from typing import Final, NamedTuple


def words(text: str) -> tuple[str, ...]:
    """A table of single words."""
    return tuple(text.split())


#: White space of every sort and what is invisible: stripped from both ends, and never part of an address.
BLANKS: Final = (
    "".join(map(chr, [*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C)]))
    + "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
#: What people and tools put around an address, and no mailbox has in it: quotes, straight and curly, and brackets.
WRAPS: Final = '"<>,;:\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb'
NAME, EMAIL, USERNAME, KEY = 200, 254, 120, 330  # lengths of the columns, in characters
#: A local part, and a host with a dot in it; "box.(none)" is what git writes where it knows no host.
OWN_ADDRESS: Final = rf"[^@{WRAPS}{BLANKS}]+@[^@.(){WRAPS}{BLANKS}]+(\.[^@.(){WRAPS}{BLANKS}]+)+"
#: The realm of GitHub's accounts, and the addresses that stand for one.
GITHUB: Final = "github"
NOREPLY: Final = r"(?:[0-9]+\+)?([^@+]+)@users\.noreply\.github\.com"

# --- what is shared by strangers, so that it joins nobody ---------------------------------------
#: Whole addresses that tools propose.
SHARED_ADDRESSES: Final = ("you@email.com", "your@email.com", "your_email@gmail.com")
#: In front of any host.
SHARED_LOCAL_PARTS: Final = words(
    "noreply no-reply donotreply do-not-reply nobody devnull root unknown anonymous none null undefined"
)
#: Hosts in which nobody can have a mailbox (RFC 2606), and their subdomains.
SHARED_HOSTS: Final = ("localdomain", "invalid", "example.com", "example.org", "example.net")
#: Accounts: "ghost" is what GitHub and GitLab put in the place of one that was deleted.
SHARED_ACCOUNTS: Final = words("ghost nobody anonymous unknown root none null undefined - n/a")


class Keys(NamedTuple):
    """What one identity joins by; `account_key` where it tells an address and an account both."""

    join_key: str
    account_key: str | None


def _folds() -> dict[str, str]:
    """Each character whose case-folded form is another single character. No cased letter lies above U+1F000."""
    folds = {}
    for char in map(chr, range(0x80, 0x1F000)):
        folded = char.casefold() if len(char.casefold()) == 1 else char.lower()
        if folded != char and len(folded) == 1:
            folds[char] = folded
    return folds


# What PostgreSQL's lower() knows depends on its locale, and not every build has ICU: so the letters are passed to
# it. Plain ASCII, which is nearly everything, goes by lower() under the C collation.
_FOLDS: Final = _folds()
_FOLD_TABLE: Final = str.maketrans(_FOLDS) | {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold(text: str) -> str:
    """The text without difference of case and of Unicode form."""
    return unicodedata.normalize("NFC", text).translate(_FOLD_TABLE)


def keys_of(source: str, name: str, email: str, username: str) -> Keys:
    """The keys: "mail:...", "user:<realm>:..." or "name:<stream>:...". The first is empty when nothing was given."""
    name, email = name.strip(BLANKS)[:NAME], email.strip(BLANKS)[:EMAIL]
    username = username.strip(BLANKS)[:USERNAME]
    by_address, by_account = _by_address(fold(email)), _by_account(source, fold(username))
    if by_address and by_account:
        return Keys(by_address, by_account if by_account != by_address else None)
    words = name or email or username
    by_name = f"name:{source}:{fold(words)}"[:KEY] if words else ""
    return Keys(by_address or by_account or by_name, None)


def join_key(source: str, name: str, email: str, username: str) -> str:
    """The first of the keys."""
    return keys_of(source, name, email, username).join_key


def _by_address(address: str) -> str:
    if not re.fullmatch(OWN_ADDRESS, address):
        return ""
    local, host = address.split("@")
    if account := re.fullmatch(NOREPLY, address):
        return _by_account(GITHUB, account[1])
    is_shared = address in SHARED_ADDRESSES or local in SHARED_LOCAL_PARTS
    is_shared = is_shared or any(f".{host}".endswith(f".{shared}") for shared in SHARED_HOSTS)
    return "" if is_shared else f"mail:{address}"[:KEY]


def _by_account(realm: str, account: str) -> str:
    return f"user:{realm}:{account}"[:KEY] if account and account not in SHARED_ACCOUNTS else ""


# --- the same in SQL --------------------------------------------------------------------------

VALUES: Final[dict[str, str | list[str]]] = {
    "blanks": BLANKS,
    "own_address": f"^{OWN_ADDRESS}$",
    "noreply": f"^{NOREPLY}$",
    "shared_addresses": list(SHARED_ADDRESSES),
    "shared_local_parts": list(SHARED_LOCAL_PARTS),
    "shared_hosts": r"(^|\.)(" + "|".join(re.escape(host) for host in SHARED_HOSTS) + ")$",
    "shared_accounts": list(SHARED_ACCOUNTS),
    "upper": "".join(_FOLDS),
    "lower": "".join(_FOLDS.values()),
}


def folded(text: str) -> str:
    """SQL of `fold`."""
    is_ascii = f"octet_length({text}) = length({text})"
    letters = f"translate(normalize({text}, NFC), %(upper)s, %(lower)s)"
    return f'lower(CASE WHEN {is_ascii} THEN {text} ELSE {letters} END COLLATE "C")'


def cleaned(column: str, length: int) -> str:
    """SQL of a text as an identity keeps it."""
    return f"left(btrim(coalesce({column}, ''), %(blanks)s), {length})"


# Under another collation than the default one, no index of identities would serve. OFFSET 0: each is worked out once.
KEYED: Final = f"""
SELECT {{columns}}, coalesce(by_address, by_account,
           left('name:' || source || ':' || {folded("coalesce(nullif(name, ''), nullif(email, ''), username)")}, {KEY})
       ) COLLATE "default" AS join_key,
       CASE WHEN by_address <> by_account THEN by_account END AS account_key
  FROM (
    SELECT said.*,
           CASE WHEN address = '' OR address !~ %(own_address)s THEN NULL
                WHEN hub IS NOT NULL AND NOT hub = ANY(%(shared_accounts)s) THEN left('user:{GITHUB}:' || hub, {KEY})
                WHEN hub IS NULL AND NOT address = ANY(%(shared_addresses)s)
                     AND NOT split_part(address, '@', 1) = ANY(%(shared_local_parts)s)
                     AND split_part(address, '@', 2) !~ %(shared_hosts)s
                    THEN left('mail:' || address, {KEY}) END COLLATE "default" AS by_address,
           CASE WHEN account <> '' AND NOT account = ANY(%(shared_accounts)s)
                THEN left('user:' || source || ':' || account, {KEY}) END COLLATE "default" AS by_account
      FROM (
        SELECT *, CASE WHEN right(address, 25) = '@users.noreply.github.com'
                       THEN substring(address FROM %(noreply)s) END AS hub
          FROM (SELECT *, {folded("email")} AS address, {folded("username")} AS account
                  FROM {{given}} AS given OFFSET 0) AS folded
        OFFSET 0) AS said
    OFFSET 0) AS keyed
"""
