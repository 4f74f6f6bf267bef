"""Protocols by which a committee agrees on values: one file each, one contract for all."""
