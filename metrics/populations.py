"""Whose contributions are counted, as bits of `Span.population`."""

from teams.models import Population

#: Acts that are not staff's, of people who are no bots: the headline.
VOLUNTEERS = 1
#: Staff's acts, of people who are no bots.
STAFF = 2
#: All acts of people who are no bots.
PEOPLE = 4
#: All acts, bots' too: only for comparing with raw data.
EVERYTHING = 8

BIT = {Population.VOLUNTEERS: VOLUNTEERS, Population.STAFF: STAFF, Population.PEOPLE: PEOPLE}
