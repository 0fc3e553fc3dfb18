"""The form of an account's e-mails."""

from django import forms

from teams.models import MailSetting


class MailSettingForm(forms.ModelForm):  # type: ignore[type-arg]  # generic to the type checker only
    """The choice as the page offers it; it checks, and `teams/mail_settings.py` writes."""

    class Meta:
        model = MailSetting
        fields = ["digest", "at_once", "reminders"]
        widgets = {"digest": forms.RadioSelect}
