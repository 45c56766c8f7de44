"""The commands of ``kawaraban``, a module for each group."""
