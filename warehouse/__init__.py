"""All SQL: migrations, views, queries, and the store that runs them."""
