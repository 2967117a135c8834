"""What all pages are made of: pages, lists, cards, Role Centres, parts, columns and their tables."""
