"""From an article to claims, and from history to changes."""
