"""The pages of teams. A view goes through one door, calls one verb or one read model, and renders once."""
