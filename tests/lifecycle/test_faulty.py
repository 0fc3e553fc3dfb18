"""A form that came back is read first where it has to change."""

from django import forms


class Signed(forms.Form):
    name = forms.CharField()
    way = forms.ChoiceField(choices=[("on", "On")], widget=forms.RadioSelect)
    reason = forms.CharField(widget=forms.Textarea)
    more = forms.CharField()


def focused(form: forms.Form) -> list[str]:
    return [field.name for field in form if "autofocus" in str(field)]


def test_the_first_field_at_fault_and_no_other_takes_the_focus() -> None:
    assert focused(Signed()) == []
    assert focused(Signed({"name": "Ines", "way": "on"})) == ["reason"]
    assert focused(Signed({"name": "Ines", "way": "on", "reason": "Late.", "more": "More."})) == []


def test_of_several_boxes_none_takes_it() -> None:
    assert focused(Signed({"name": "Ines", "more": "More."})) == []
