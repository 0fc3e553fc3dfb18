"""What of this app hangs on somebody with a role: the pathways that they look after."""

from django.utils.translation import gettext_lazy

from pathways import stewards
from teams.handing_over import charge

charge(gettext_lazy("Pathways looked after"), tells=stewards.kept_by, passes=stewards.pass_on)
