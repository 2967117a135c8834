"""Codeunits: named functions without a screen, one file each; `registry` knows them all."""
