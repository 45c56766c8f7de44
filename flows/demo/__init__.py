"""The embedded news world behind `kawaraban demo`: our own articles, served on loopback."""
