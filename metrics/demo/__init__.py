"""A demo organisation from real contribution history: eleven invented teams over all five stages."""
