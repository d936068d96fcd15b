"""Small controls shared by all pages."""
