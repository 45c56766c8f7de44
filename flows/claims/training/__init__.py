"""Learns the weights of the claim scorer from labelled articles."""
