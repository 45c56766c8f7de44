"""What runs and when: the command line, the Prefect flows, and the steps that they orchestrate."""

VERSION = "0.1.0"
