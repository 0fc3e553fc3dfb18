"""What makes two people look like one: the signs, what each is worth, and the two statements that find the pairs.

A sign is a text that two people have alike for a reason. Its worth is about the share of such pairs that are one
person, set by hand: nothing learns it. Each further person who has the text halves it, thirds it and so on, and a
text of more than SHARED people says nothing, for a team may well have five Alexes. Reasons are taken as independent:
confidence is 1 - (1 - a)(1 - b)..., in percent, and below FLOOR nobody is asked.

| reason | alike | worth |
|---|---|---|
| number | the number of GitHub's noreply address, which stays when an account is renamed | 0.95 |
| name | names of two words or more, in any case and Unicode form, without "[:nick]" | 0.80 |
| login | accounts in different realms | 0.60 |
| login_local_part | an account, and what stands before the @ of an address | 0.50 |
| local_part | what stands before the @ of two addresses, without a plus-tag | 0.45 |
| name_login | a name without its blanks and dots, and an account | 0.40 |
| one_word | names of one word | 0.35 |
"""

from typing import Final

from pathways.keys import NOREPLY, OWN_ADDRESS, SHARED_ACCOUNTS, SHARED_LOCAL_PARTS, folded, words
from pathways.keys import VALUES as KEY_VALUES

WORTH: Final = {
    "number": 0.95,
    "name": 0.80,
    "login": 0.60,
    "login_local_part": 0.50,
    "local_part": 0.45,
    "name_login": 0.40,
    "one_word": 0.35,
}
SHARED: Final = 4  # people
FLOOR: Final = 25  # percent
SHORTEST: Final = 3  # letters of a name or an account
LOCAL_PART: Final = 4  # letters before the @: shorter ones are initials
#: What many people have in front of the @, whoever they are.
GENERAL: Final = words(
    "info admin administrator mail email contact hello office post webmaster support team github gitlab code devel"
    " developer open opensource work home spam junk"
)

VALUES: Final = {
    "upper": KEY_VALUES["upper"],
    "lower": KEY_VALUES["lower"],
    "noreply": f"^{NOREPLY}$",
    "own_address": f"^{OWN_ADDRESS}$",
    "nobodys": list(SHARED_ACCOUNTS),
    "general": [*GENERAL, *SHARED_LOCAL_PARTS],
    "reasons": list(WORTH),
    "worths": list(WORTH.values()),
    "shared": SHARED,
    "floor": FLOOR,
}

_NAME: Final = r"btrim(regexp_replace(regexp_replace(name, '\s*[[(][^])]*[])]', ' ', 'g'), '\s+', ' ', 'g'))"

# One row for each person, reason and text; `side` tells what may be alike with what: 1 with 2, and 3 with itself.
SIGNS: Final = f"""
CREATE TEMPORARY TABLE sign ON COMMIT DROP AS
WITH said AS (
    SELECT contributor_id AS person, {folded(_NAME)} AS name, {folded("username")} AS login, email,
           CASE WHEN email ~ %(own_address)s AND email !~ %(noreply)s
                THEN split_part(split_part(email, '@', 1), '+', 1) ELSE '' END AS local
      FROM (SELECT contributor_id, name, username, {folded("email")} AS email FROM known) AS one
), told AS (
    SELECT DISTINCT person, reason, side, text FROM said CROSS JOIN LATERAL (VALUES
        ('number', 3, substring(email FROM '^([0-9]+)[+][^@]+@users[.]noreply[.]github[.]com$')),
        (CASE WHEN name LIKE '%% %%' THEN 'name' ELSE 'one_word' END, 3,
         CASE WHEN name NOT LIKE '%%@%%' AND length(name) >= {SHORTEST} THEN name END),
        ('login', 3, CASE WHEN length(login) >= {SHORTEST} THEN login END),
        ('login_local_part', 1, CASE WHEN length(login) >= {LOCAL_PART} THEN login END),
        ('login_local_part', 2, local),
        ('local_part', 3, local),
        ('name_login', 1, CASE WHEN length(name) >= {SHORTEST} THEN translate(name, ' ._-', '') END),
        ('name_login', 2, CASE WHEN length(login) >= {SHORTEST} THEN translate(login, ' ._-', '') END)
    ) AS sign (reason, side, text)
     WHERE text <> '' AND NOT text = ANY(%(nobodys)s)
       AND NOT (reason LIKE '%%local_part' AND (length(text) < {LOCAL_PART} OR text = ANY(%(general)s)))
), people AS (
    SELECT reason, text, count(DISTINCT person) AS number FROM told GROUP BY reason, text
)
SELECT person, reason, side, text, worth / (number - 1) AS worth
  FROM told JOIN people USING (reason, text)
  JOIN unnest(%(reasons)s::text[], %(worths)s::float[]) AS value (reason, worth) USING (reason)
 WHERE number BETWEEN 2 AND %(shared)s
"""

FOUND: Final = """
INSERT INTO pathways_likeness AS old (one_id, other_id, reasons, confidence)
SELECT one, other, jsonb_agg(reason ORDER BY worth DESC, reason), round(100 * (1 - exp(sum(ln(1 - worth)))))
  FROM (SELECT least(a.person, b.person) AS one, greatest(a.person, b.person) AS other, a.reason, max(a.worth) AS worth
          FROM sign a JOIN sign b USING (reason, text)
         WHERE a.person <> b.person AND (a.side, b.side) IN ((1, 2), (3, 3))
         GROUP BY 1, 2, 3) AS alike
 GROUP BY one, other
HAVING round(100 * (1 - exp(sum(ln(1 - worth))))) >= %(floor)s
    ON CONFLICT (least(one_id, other_id), greatest(one_id, other_id))
    DO UPDATE SET (reasons, confidence) = (EXCLUDED.reasons, EXCLUDED.confidence)
 WHERE old.state = 'open' AND (old.reasons, old.confidence) IS DISTINCT FROM (EXCLUDED.reasons, EXCLUDED.confidence)
"""
