"""The folder of digests as a site: static pages that any server or file browser shows."""
