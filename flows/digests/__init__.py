"""From the changes of a week to a page that is worth reading."""
